/** How the simulated tenant behaves; every field may be changed while it runs. */
export interface EntraSettings {
  /** From a link's creation until its endpoint can be read. Shared with the data plane's timing where one is given. */
  readonly timing: { endpointMs: number };
  /** Application permissions that tokens issued from now on carry in `roles`. */
  roles: string[];
  tokenLifetimeSeconds: number;
  limits: {
    remoteNetworks: number;
    linksPerNetwork: number;
    /** Sum over all links of the tenant; undefined = no limit. */
    bandwidthMbps?: number;
  };
  /** What POST …/deviceLinks answers: Graph documents all three. `alternate` starts with `no-content`. */
  linkCreated: 'no-content' | 'empty-object' | 'body' | 'alternate';
  /** Whether PATCH of a device link works on this API: documented, contradicted by Microsoft's own how-to. */
  linkUpdates: 'accepted' | 'refused';
  /** Whether the `#$delta` PATCH of a network's profiles replaces the list or adds to it; not documented. */
  profileDelta: 'replaces' | 'adds';
  /** Whether a second network, or link of one network, may take a name; not documented. */
  uniqueNames: boolean;
  /** Whether enum members after `unknownFutureValue` are accepted on write; not documented. */
  evolvedMembersAccepted: boolean;
  /** Whether a zone-redundant link must carry its second key; the documentation contradicts itself. */
  zoneKeyRequired: boolean;
  /** Rows per page where `$top` asks for no fewer. */
  pageSize: number;
}

/** Behaviour as documented, or the more awkward choice where the documents are silent. */
export function defaultSettings(timing?: { endpointMs: number }): EntraSettings {
  return {
    timing: timing ?? { endpointMs: 500 },
    roles: ['NetworkAccess.ReadWrite.All', 'NetworkAccess-Reports.Read.All'],
    tokenLifetimeSeconds: 3599,
    limits: { remoteNetworks: 10, linksPerNetwork: 4 },
    linkCreated: 'alternate',
    linkUpdates: 'accepted',
    profileDelta: 'replaces',
    uniqueNames: true,
    evolvedMembersAccepted: true,
    zoneKeyRequired: false,
    pageSize: 100,
  };
}
