import type { Log } from '../base/log.ts';
import { createVendorPause, type VendorPause } from '../base/vendor-pause.ts';
import type { Config } from '../config.ts';
import { createEntra } from '../integrations/entra/client.ts';
import type { EntraCredential } from '../integrations/entra/options.ts';
import type { Entra } from '../integrations/entra/types.ts';
import { createBudget, type Budget } from '../integrations/mist/budget.ts';
import { createMist } from '../integrations/mist/client.ts';
import type { Mist } from '../integrations/mist/types.ts';
import type { Metrics } from '../metrics.ts';
import { createCallWatch } from './call-watch.ts';
import type { ClockWatch } from './clock-watch.ts';
import { createVendorWarnings } from './vendor-warnings.ts';
import { streamAgent } from './proxy.ts';

/** Calls of an hour that runs leave to people who wait for an answer. */
const FOR_PEOPLE = 250;

/** Both clients, and what all processes with the same tokens share. */
export interface Vendors {
  readonly entra: Entra;
  readonly mist: Mist;
  readonly mistBudget: Budget;
  readonly pauses: { readonly entra: VendorPause; readonly mist: VendorPause };
  /** What is wrong with our access now, one sentence each. */
  readonly warnings: () => readonly string[];
}

/** The clients of both vendors as the configuration wants them. Nothing is sent yet. */
export function createVendors(
  config: Config,
  { metrics, clocks, log }: { readonly metrics: Metrics; readonly clocks: ClockWatch; readonly log: Log },
): Vendors {
  const mistBudget = createBudget();
  const pauses = { entra: createVendorPause(), mist: createVendorPause() };
  metrics.budget('mist', () => mistBudget.usage());
  metrics.pause('entra', pauses.entra.leftMs);
  metrics.pause('mist', pauses.mist.leftMs);
  const warnings = createVendorWarnings({ pauses, mistBudget, reserve: FOR_PEOPLE });
  const watched = { metrics, clocks, log, warnings };
  const agent = streamAgent(config.mist.wsUrl, config.proxy);
  const { authorityHost, graphBaseUrl, deviceVendor } = config.entra;
  return {
    mistBudget,
    pauses,
    warnings: warnings.list,
    entra: createEntra({
      credential: credentialOf(config.entra),
      deviceVendor,
      ...(authorityHost && { authorityHost }),
      ...(graphBaseUrl && { graphBaseUrl }),
      pause: pauses.entra,
      onCall: createCallWatch('entra', watched),
    }),
    mist: createMist({
      baseUrl: config.mist.baseUrl,
      wsUrl: config.mist.wsUrl,
      token: config.mist.apiToken,
      orgId: config.mist.orgId,
      ...(agent && { agent }),
      budget: mistBudget,
      reserve: FOR_PEOPLE,
      pause: pauses.mist,
      onCall: createCallWatch('mist', watched),
    }),
  };
}

function credentialOf({ tenantId, clientId, credential }: Config['entra']): EntraCredential {
  switch (credential.kind) {
    case 'secret':
      return { kind: 'secret', tenantId, clientId, clientSecret: credential.clientSecret };
    case 'certificate':
      return { kind: 'certificate', tenantId, clientId, certificatePath: credential.path };
    case 'federated':
      return { kind: 'federated', tenantId, clientId, tokenFile: credential.tokenFile };
    case 'managed-identity':
      return { kind: 'managed-identity', clientId };
  }
}
