import type { Option, Zone } from './types.ts';

/** Links and zones of an option. */
export interface Redundancy {
  readonly links: 1 | 2;
  readonly zones: Zone;
}

const REDUNDANCY: Readonly<Record<Option, Redundancy>> = {
  'single-wan': { links: 1, zones: 1 },
  'single-wan-zone-redundant': { links: 1, zones: 2 },
  'dual-wan': { links: 2, zones: 1 },
  'dual-wan-zone-redundant': { links: 2, zones: 2 },
};

/** How many links and zones an option of Juniper's guide has; sessions = links × zones. */
export function redundancyOf(option: Option): Redundancy {
  return REDUNDANCY[option];
}
