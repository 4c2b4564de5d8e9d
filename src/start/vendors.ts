import type { Config } from '../config.ts';
import { createEntra } from '../integrations/entra/client.ts';
import type { EntraCredential } from '../integrations/entra/options.ts';
import type { Entra } from '../integrations/entra/types.ts';
import { createBudget, type Budget } from '../integrations/mist/budget.ts';
import { createMist } from '../integrations/mist/client.ts';
import type { Mist } from '../integrations/mist/types.ts';
import type { Metrics } from '../health.ts';
import { streamAgent } from './proxy.ts';

/** Calls of an hour that runs leave to people who wait for an answer. */
const FOR_PEOPLE = 250;

/** The clients of both vendors as the configuration wants them. Nothing is sent yet. */
export function createVendors(
  config: Config,
  metrics: Metrics,
): { entra: Entra; mist: Mist; mistBudget: Budget } {
  const mistBudget = createBudget();
  metrics.budget('mist', () => mistBudget.usage());
  const agent = streamAgent(config.mist.wsUrl, config.proxy);
  const { authorityHost, graphBaseUrl, deviceVendor } = config.entra;
  return {
    mistBudget,
    entra: createEntra({
      credential: credentialOf(config.entra),
      deviceVendor,
      ...(authorityHost && { authorityHost }),
      ...(graphBaseUrl && { graphBaseUrl }),
      onCall: (call) => metrics.remoteCall({ ...outcomeOf(call), system: 'entra' }),
    }),
    mist: createMist({
      baseUrl: config.mist.baseUrl,
      wsUrl: config.mist.wsUrl,
      token: config.mist.apiToken,
      orgId: config.mist.orgId,
      ...(agent && { agent }),
      budget: mistBudget,
      reserve: FOR_PEOPLE,
      onCall: (call) => metrics.remoteCall({ ...outcomeOf(call), system: 'mist' }),
    }),
  };
}

/** The path holds IDs and is left out: one label per verb is enough to see what fails. */
function outcomeOf(call: { readonly method: string; readonly status: number; readonly ms: number }) {
  return {
    method: call.method,
    outcome: call.status === 0 ? 'no answer' : String(call.status),
    ms: call.ms,
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
