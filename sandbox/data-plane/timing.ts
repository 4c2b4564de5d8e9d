import type { Timing } from './views.ts';

/** A fast world for tests and the demo: a 1800 s lifetime passes in 1.8 s. The object may be changed while it runs. */
export function defaultTiming(): Timing {
  return {
    configApplyMs: 300,
    tunnelUpMs: 200,
    bgpUpMs: 200,
    endpointMs: 500,
    softwareInstallMs: 300,
    saSecondMs: 1,
    aliveMs: 1000,
  };
}
