import { RemoteError } from '../../base/failure.ts';
import { createTokenSource } from './credential.ts';
import { malformed } from './errors.ts';
import { distinctById } from '../../base/contradiction.ts';
import { createGraph } from './graph-client.ts';
import {
  connectivityFrom,
  deviceLinkBody,
  deviceLinkFrom,
  healthEventFrom,
  prefixesFrom,
  profileFrom,
  profilesBody,
} from './mapping.ts';
import type { EntraOptions } from './options.ts';
import { rolesOf } from './roles.ts';
import * as schema from './schema.ts';
import type { Entra, HealthEvent, RemoteNetwork } from './types.ts';

const ROOT = '/networkAccess';
const NETWORKS = `${ROOT}/connectivity/remoteNetworks`;
const EXPAND = '$expand=deviceLinks,forwardingProfiles';
/** Below the 1,000 that Graph's log resources allow per page. */
const LOG_PAGE = 999;
/** How old a token may be to tell what is granted now. */
const PRESENT_MS = 60_000;

/**
 * The bot's only way to Microsoft: Graph `networkAccess` (beta) with a token from Entra. Nothing is sent before the first
 * call. Reads are repeated by themselves, a creation never unless Graph answered 429; every failure is a `RemoteError` whose
 * message, hint and cause hold no body and no key.
 */
export function createEntra(options: EntraOptions): Entra {
  const tokens = createTokenSource(options);
  const graph = createGraph(options, tokens);

  async function checkAccess() {
    return { roles: rolesOf(await tokens.token(PRESENT_MS)) };
  }

  async function tenantStatus() {
    return (await graph.read(`${ROOT}/tenantStatus`, schema.TenantStatus)).onboardingStatus;
  }

  async function forwardingProfiles() {
    return (await graph.readAll(`${ROOT}/forwardingProfiles`, schema.ForwardingProfile)).map(profileFrom);
  }

  async function profilePrefixes(profileId: string) {
    const path = `${ROOT}/forwardingProfiles/${encodeURIComponent(profileId)}/policies`;
    return prefixesFrom(
      await graph.readAll(`${path}?$expand=policy($expand=policyRules)`, schema.PolicyLink),
    );
  }

  async function remoteNetworks() {
    const read = await graph.readAll(`${NETWORKS}?${EXPAND}`, schema.RemoteNetwork);
    return Promise.all(distinctById(read).map(completed));
  }

  async function remoteNetwork(id: string) {
    try {
      const path = pathOf(id);
      const read = await graph.read(`${path}?${EXPAND}`, schema.RemoteNetwork);
      if (read.id !== id) throw malformed({ method: 'GET', path }, 'another remote network');
      return await completed(read);
    } catch (error) {
      if (error instanceof RemoteError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  /** Asks for links or profiles that the answer left out: an omitted list is not an empty one. */
  async function completed(read: schema.RemoteNetwork): Promise<RemoteNetwork> {
    const [links, profiles] = await Promise.all([
      read.deviceLinks ? read.deviceLinks.map(deviceLinkFrom) : deviceLinks(read.id),
      read.forwardingProfiles ? read.forwardingProfiles.map(profileFrom) : networkProfiles(read.id),
    ]);
    return {
      id: read.id,
      name: read.name,
      region: read.region,
      ...(read.lastModifiedDateTime !== undefined && { lastModified: read.lastModifiedDateTime }),
      links,
      profiles,
    };
  }

  async function createRemoteNetwork(body: Parameters<Entra['createRemoteNetwork']>[0]) {
    const forwardingProfiles = body.profileIds.map((id) => ({ id }));
    const answer = await graph.write('POST', NETWORKS, {
      name: body.name,
      region: body.region,
      forwardingProfiles,
    });
    const created = schema.Created.safeParse(answer);
    if (!created.success)
      throw malformed({ method: 'POST', path: NETWORKS }, 'no id of the new remote network');
    // Its ID may belong to somebody else's network, which undo would then remove.
    if (created.data.name !== undefined && created.data.name !== body.name)
      throw malformed({ method: 'POST', path: NETWORKS }, 'a remote network of another name');
    return { id: created.data.id };
  }

  async function deviceLinks(networkId: string) {
    const read = await graph.readAll(`${pathOf(networkId)}/deviceLinks`, schema.DeviceLink);
    return distinctById(read.map(deviceLinkFrom));
  }

  async function createDeviceLink(networkId: string, link: Parameters<Entra['createDeviceLink']>[1]) {
    await graph.write('POST', `${pathOf(networkId)}/deviceLinks`, deviceLinkBody(link, options.deviceVendor));
  }

  async function networkProfiles(networkId: string) {
    const path = `${pathOf(networkId)}/forwardingProfiles`;
    return (await graph.readAll(path, schema.ForwardingProfile)).map(profileFrom);
  }

  async function setNetworkProfiles(networkId: string, profileIds: readonly string[]) {
    await graph.write('PATCH', `${pathOf(networkId)}/forwardingProfiles`, profilesBody(profileIds));
  }

  async function remove(path: string) {
    try {
      await graph.write('DELETE', path);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.kind !== 'not-found') throw error;
    }
  }

  async function connectivity(networkId: string) {
    const path = `${pathOf(networkId)}/connectivityConfiguration`;
    const { links } = await graph.read(path, schema.ConnectivityConfiguration);
    return (links ?? (await graph.readAll(`${path}/links`, schema.ConnectivityLink))).map(connectivityFrom);
  }

  async function healthEvents(query: Parameters<Entra['healthEvents']>[0]): Promise<readonly HealthEvent[]> {
    const enough = query.limit ?? Number.POSITIVE_INFINITY;
    const rows = await graph.readAll(`${ROOT}/logs/remoteNetworks?${healthQuery(query)}`, schema.HealthRow, {
      enough,
      newestFirst: true,
    });
    const events = rows.flatMap((row) => (row ? [healthEventFrom(row)] : []));
    return events.sort((a, b) => b.atMs - a.atMs);
  }

  return {
    checkAccess,
    tenantStatus,
    forwardingProfiles,
    profilePrefixes,
    remoteNetworks,
    remoteNetwork,
    createRemoteNetwork,
    deleteRemoteNetwork: (id) => remove(pathOf(id)),
    deviceLinks,
    createDeviceLink,
    deleteDeviceLink: (networkId, linkId) =>
      remove(`${pathOf(networkId)}/deviceLinks/${encodeURIComponent(linkId)}`),
    networkProfiles,
    setNetworkProfiles,
    connectivity,
    healthEvents,
  };
}

function pathOf(networkId: string): string {
  return `${NETWORKS}/${encodeURIComponent(networkId)}`;
}

/** Encoded by us, because the SDK sends a query as it gets it. */
function healthQuery({ remoteNetworkId, sinceMs, limit }: Parameters<Entra['healthEvents']>[0]): string {
  const since = `createdDateTime ge ${new Date(sinceMs).toISOString()}`;
  // A quote inside an OData string literal is doubled.
  const of =
    remoteNetworkId === undefined ? '' : ` and remoteNetworkId eq '${remoteNetworkId.replaceAll("'", "''")}'`;
  const top = Math.min(limit ?? LOG_PAGE, LOG_PAGE);
  return `$filter=${encodeURIComponent(since + of)}&$orderby=${encodeURIComponent('createdDateTime desc')}&$top=${top}`;
}
