import type { Bandwidth, IkeProposal } from '../../design/types.ts';
import type { Secret } from '../../base/secret.ts';

/** What the bot asks of Microsoft Graph `networkAccess` (beta), in terms of the domain. Every method throws `RemoteError`. */
export interface Entra {
  /** Fetches a token; throws `RemoteError` kind `unauthorized` where Entra refuses the credentials. `roles`: undefined where the token is opaque. */
  checkAccess(): Promise<{ readonly roles: readonly string[] | undefined }>;
  /** `onboarded` or another of Graph's onboardingStatus members. */
  tenantStatus(): Promise<string>;
  forwardingProfiles(): Promise<readonly ForwardingProfile[]>;
  /** IPv4 prefixes of a profile's policies; undefined where the answer does not say. */
  profilePrefixes(profileId: string): Promise<readonly string[] | undefined>;
  /** All remote networks with their device links and profiles. */
  remoteNetworks(): Promise<readonly RemoteNetwork[]>;
  /** With links and profiles; undefined only where Graph says 404. */
  remoteNetwork(id: string): Promise<RemoteNetwork | undefined>;
  /** Creates it with its profiles inline. Sent exactly once: a lost answer is an `uncertain` error, to be looked up by name. */
  createRemoteNetwork(body: {
    readonly name: string;
    readonly region: string;
    readonly profileIds: readonly string[];
  }): Promise<{ readonly id: string }>;
  /** Deleting what is already gone (404) is success. */
  deleteRemoteNetwork(id: string): Promise<void>;
  deviceLinks(networkId: string): Promise<readonly DeviceLink[]>;
  /** Sent exactly once. Graph's answer carries no reliable id: look the link up by name. */
  createDeviceLink(networkId: string, link: NewDeviceLink): Promise<void>;
  deleteDeviceLink(networkId: string, linkId: string): Promise<void>;
  networkProfiles(networkId: string): Promise<readonly ForwardingProfile[]>;
  /** Sends the full list of profiles to associate; never clears first. Read back by the caller. */
  setNetworkProfiles(networkId: string, profileIds: readonly string[]): Promise<void>;
  /** Microsoft's end of each link; an empty `instances` means not allocated yet. */
  connectivity(networkId: string): Promise<readonly LinkConnectivity[]>;
  /** Newest first. */
  healthEvents(query: {
    readonly remoteNetworkId?: string;
    readonly sinceMs: number;
    readonly limit?: number;
  }): Promise<readonly HealthEvent[]>;
}

export interface ForwardingProfile {
  readonly id: string;
  readonly name: string;
  /** Graph's trafficForwardingType: m365, internet, private, or a member unknown to us. */
  readonly type: string;
  readonly enabled: boolean;
}

export interface RemoteNetwork {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly lastModified?: string;
  readonly links: readonly DeviceLink[];
  readonly profiles: readonly ForwardingProfile[];
}

export interface DeviceLink {
  readonly id: string;
  readonly name: string;
  /** Public address of the customer's end. */
  readonly ipAddress: string;
  /** `unknownFutureValue` may stand for what we wrote. */
  readonly deviceVendor: string;
  readonly bandwidth?: string;
  /** The device's ASN. */
  readonly asn: number;
  /** Microsoft's BGP address (`localIpAddress`). */
  readonly microsoftBgp?: string;
  /** The device's BGP address (`peerIpAddress`). */
  readonly deviceBgp?: string;
  readonly zoneRedundant: boolean;
  readonly microsoftBgpZone2?: string;
  readonly policy: DeviceLinkPolicy;
  /** Graph returns keys in clear. */
  readonly psk?: Secret;
  readonly zonePsk?: Secret;
}

/** Graph's enum names, as read. */
export type DeviceLinkPolicy =
  | { readonly kind: 'default' }
  | {
      readonly kind: 'custom';
      readonly ikeEncryption: string;
      readonly ikeIntegrity: string;
      readonly dhGroup: string;
      readonly ipSecEncryption: string;
      readonly ipSecIntegrity: string;
      readonly pfsGroup: string;
      readonly saLifeTimeSeconds: number;
    };

export interface NewDeviceLink {
  readonly name: string;
  readonly ipAddress: string;
  readonly bandwidth: Bandwidth;
  readonly asn: number;
  readonly microsoftBgp: string;
  readonly deviceBgp: string;
  /** Present = zone redundancy. */
  readonly zone2?: { readonly microsoftBgp: string; readonly psk: Secret };
  readonly ike: IkeProposal;
  readonly psk: Secret;
}

export interface LinkConnectivity {
  readonly linkId: string;
  readonly linkName: string;
  /** Microsoft's instances; match by `bgpAddress`, never by position. */
  readonly instances: readonly {
    readonly endpoint: string;
    readonly asn: number;
    readonly bgpAddress: string;
    readonly region: string;
  }[];
  readonly device: { readonly endpoint: string; readonly asn: number; readonly bgpAddress: string };
}

export interface HealthEvent {
  readonly atMs: number;
  readonly remoteNetworkId: string;
  /** tunnelConnected, tunnelDisconnected, bgpConnected, bgpDisconnected, remoteNetworkAlive, or one unknown to us. */
  readonly status: string;
  readonly deviceIp?: string;
  readonly microsoftIp?: string;
  readonly description?: string;
  readonly advertisedRoutes?: number;
}
