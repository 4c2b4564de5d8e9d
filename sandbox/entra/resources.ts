import type { DeviceLinkCreate } from '../contracts/graph/requests.ts';

/** A device link as it is stored: the request's properties plus what the service adds. */
export interface DeviceLink extends Omit<DeviceLinkCreate, '@odata.type'> {
  id: string;
  lastModifiedDateTime: string;
}

/** A stored link with what only the service knows. */
export interface LinkRow {
  readonly networkId: string;
  /** Counts all links that this tenant ever had. */
  readonly sequence: number;
  readonly createdAt: number;
  /** Microsoft's public address in zone 1 and zone 2; zone 2's is used by zone-redundant links only. */
  readonly endpoints: readonly [string, string];
  /** Zones that were taken away. */
  readonly deadZones: Set<1 | 2>;
  readonly resource: DeviceLink;
}

export interface RemoteNetwork {
  id: string;
  name: string;
  region: string;
  version: string;
  lastModifiedDateTime: string;
}

export interface RuleDestination {
  '@odata.type': string;
  value: string;
}

export interface ForwardingRule {
  '@odata.type': string;
  id: string;
  name: string;
  action: 'forward' | 'bypass';
  clientFallbackAction: 'bypass' | 'block' | 'default';
  ruleType: 'fqdn' | 'ipSubnet' | 'ipAddress';
  destinations: RuleDestination[];
  category?: 'default' | 'optimized' | 'allow';
  ports: string[];
  protocol: 'tcp' | 'udp' | 'ip';
}

export interface PolicyLink {
  '@odata.type': string;
  id: string;
  state: 'enabled' | 'disabled';
  version: string;
  policy: {
    '@odata.type': string;
    id: string;
    name: string;
    description: string;
    version: string;
    trafficForwardingType: string;
    policyRules: ForwardingRule[];
  };
}

export interface ForwardingProfile {
  id: string;
  name: string;
  description: string;
  state: 'enabled' | 'disabled';
  version: string;
  lastModifiedDateTime: string;
  isCustomProfile: boolean;
  priority: number;
  trafficForwardingType: 'm365' | 'internet' | 'private';
  associations: { '@odata.type': string; branchId: string }[];
  policies: PolicyLink[];
}

export interface HealthRow {
  id: string;
  remoteNetworkId: string;
  createdDateTime: string;
  status: string;
  sourceIp: string;
  destinationIp: string;
  description: string | null;
  bgpRoutesAdvertisedCount: number;
  sentBytes: number;
  receivedBytes: number;
}

export interface AlertRow {
  id: string;
  displayName: string;
  description: string;
  alertType: string;
  severity: string;
  categories: string[];
  creationDateTime: string;
  firstActivityDateTime: string;
  lastActivityDateTime: string;
  vendorName: string;
  productName: string;
  relatedResources: { '@odata.type': string; remoteNetworkId: string }[];
}
