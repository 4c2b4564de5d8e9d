/** Remote networks per tenant. Source: Entra "Known limitations" (2025); newer pages give no number, so it is configurable. */
export const DEFAULT_MAX_NETWORKS = 10;

/** Device links per remote network. Source: Entra "Known limitations" (2025); configurable for the same reason. */
export const DEFAULT_MAX_LINKS = 4;

/** IPsec tunnels of one SSR node since release 3.3.0 of the SSR's IPsec plugin; two before. Source: SSR documentation, IPsec client plugin. */
export const MAX_TUNNELS_PER_NODE = 4;

/** Bytes. Source: Entra "Operate remote networks": MTU for IPsec, with MSS clamping. */
export const RECOMMENDED_MTU = 1380;

/** Longest change number that a request stores. */
export const MAX_TICKET_LENGTH = 64;
