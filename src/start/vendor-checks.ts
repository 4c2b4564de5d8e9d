import { RemoteError } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Entra } from '../integrations/entra/types.ts';
import type { Mist, MistSelf } from '../integrations/mist/types.ts';
import { StartRefused } from './start-refused.ts';

/** Application permission that changes remote networks. Source: Graph permissions reference, NetworkAccess. */
const ENTRA_WRITE = 'NetworkAccess.ReadWrite.All';
/** For the health logs; the one above covers them as well, as the permissions reference has it. */
const ENTRA_LOGS = 'NetworkAccess-Reports.Read.All';

/** One try. Throws {@link StartRefused} where Entra refuses the credentials or the token lacks the permission; anything else is to be tried again. */
export async function checkEntra(entra: Entra, log: Log): Promise<void> {
  const { roles } = await refusedIf401('Entra', entra.checkAccess());
  if (roles === undefined) {
    log.warn({}, 'the Entra token does not tell which permissions it has');
    return;
  }
  if (!roles.includes(ENTRA_WRITE)) {
    throw new StartRefused(
      `Entra: the app registration (AZURE_CLIENT_ID) lacks the application permission ${ENTRA_WRITE}; add it and grant admin consent.`,
    );
  }
  if (!roles.includes(ENTRA_LOGS)) {
    log.warn({ permission: ENTRA_LOGS }, 'an Entra permission is missing, health logs may not be readable');
  }
}

/** One try, as above. Mist says which privileges a token has; it needs to write in the whole organisation. */
export async function checkMist(mist: Mist, orgId: string, log: Log): Promise<void> {
  const { privileges } = await refusedIf401('Mist', mist.self());
  if (privileges.length === 0) {
    log.warn({}, 'Mist does not tell which privileges the token has');
    return;
  }
  if (!privileges.some((one) => canWrite(one, orgId))) {
    throw new StartRefused(
      'Mist: MIST_API_TOKEN has no write privilege for the organisation MIST_ORG_ID; make an organisation token with the role write or admin.',
    );
  }
}

function canWrite(privilege: MistSelf['privileges'][number], orgId: string): boolean {
  const { scope, role, orgId: own } = privilege;
  return scope === 'org' && (own === undefined || own === orgId) && (role === 'admin' || role === 'write');
}

async function refusedIf401<T>(system: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof RemoteError) || error.kind !== 'unauthorized') throw error;
    throw new StartRefused(`${system}: ${error.hint}`, { cause: error });
  }
}
