import type { VendorPause } from '../base/vendor-pause.ts';
import type { Budget } from '../integrations/mist/budget.ts';

/** What is wrong with our access to both vendors now, for `/readyz`. */
export interface VendorWarnings {
  /** One answer of a vendor. */
  saw(system: 'entra' | 'mist', status: number): void;
  /** One sentence each; empty where nothing is wrong. */
  list(): readonly string[];
}

export interface VendorWarningsOptions {
  readonly pauses: Readonly<Record<'entra' | 'mist', VendorPause>>;
  readonly mistBudget: Budget;
  /** Calls of an hour that runs leave to people. */
  readonly reserve: number;
}

const NAMES = { entra: 'Entra', mist: 'Mist' } as const;
const MEND = {
  entra: 'check the credential of AZURE_CLIENT_ID and its permissions',
  mist: 'check that the token of MIST_API_TOKEN has not expired',
} as const;
const SYSTEMS = ['entra', 'mist'] as const;

/** A refusal stands until the vendor has accepted a call again; other failures say nothing about our access. */
export function createVendorWarnings(options: VendorWarningsOptions): VendorWarnings {
  const { pauses, mistBudget, reserve } = options;
  const refused = new Set<'entra' | 'mist'>();
  return {
    saw(system, status) {
      if (status === 401) refused.add(system);
      else if (status >= 200 && status < 300) refused.delete(system);
    },
    list() {
      const paused = SYSTEMS.flatMap((system) => {
        const seconds = Math.ceil(pauses[system].leftMs() / 1000);
        return seconds > 0 ? [`${NAMES[system]} asked not to be called for another ${seconds} s`] : [];
      });
      return [
        ...SYSTEMS.filter((system) => refused.has(system)).map(
          (system) => `${NAMES[system]} refuses us (401); ${MEND[system]}`,
        ),
        ...(mistBudget.isBelow(reserve)
          ? [
              `fewer than ${reserve} of Mist's calls of this hour are left; runs wait for ${Math.ceil(mistBudget.resetsInMs() / 60_000)} min`,
            ]
          : []),
        ...paused,
      ];
    },
  };
}
