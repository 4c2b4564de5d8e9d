/** Device events of WAN Edges that the simulator knows, by their keys. */
export const EVENT_DEFINITIONS = [
  ['GW_CONNECTED', 'WAN Edge Connected'],
  ['GW_DISCONNECTED', 'WAN Edge Disconnected'],
  ['GW_PORT_UP', 'WAN Edge Port Up'],
  ['GW_PORT_DOWN', 'WAN Edge Port Down'],
  ['GW_CONFIGURED', 'WAN Edge Commit Completed'],
  ['GW_RECONFIGURED', 'WAN Edge Reconfigured'],
  ['GW_CONFIG_FAILED', 'WAN Edge Config failed'],
  ['GW_CONFIG_LOCK_FAILED', 'WAN Edge Config Lock Failed'],
  ['GW_CONFIG_REVERTED', 'WAN Edge Config Reverted'],
  ['GW_CONFIG_CHANGED_BY_USER', 'WAN Edge Config Changed by User'],
  ['GW_TUNNEL_UP', 'WAN Edge Tunnel Up'],
  ['GW_TUNNEL_DOWN', 'WAN Edge Tunnel Down'],
  ['GW_BGP_NEIGHBOR_UP', 'WAN Edge BGP Neighbor Up'],
  ['GW_BGP_NEIGHBOR_DOWN', 'WAN Edge BGP Neighbor Down'],
].map(([key, display]) => ({ key, display }));
