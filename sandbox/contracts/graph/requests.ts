import { z } from 'zod';
import { graphEnums as enums } from './enums.ts';

/*
 * What may be sent to Graph: unknown properties and the sentinel `unknownFutureValue` are refused. Read-only
 * properties (`id`, `lastModifiedDateTime`, `version`) count as unknown: the service's answer to them is undocumented.
 */

const SENTINEL = ['unknownFutureValue'] as const;
const address = z.string();

const bgpConfiguration = z.strictObject({
  asn: z.int32(),
  localIpAddress: address,
  peerIpAddress: address,
  ipAddress: address.nullable().optional(),
});

const redundancyConfiguration = z.strictObject({
  redundancyTier: enums.redundancyTier.exclude(SENTINEL),
  zoneLocalIpAddress: address.nullable().optional(),
});

const keys = {
  preSharedKey: z.string().min(1),
  zoneRedundancyPreSharedKey: z.string().min(1).nullable().optional(),
};

const ikev2Default = z.strictObject({
  '@odata.type': z.enum([
    '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default',
    'microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default',
  ]),
  ...keys,
});

const ikev2Custom = z.strictObject({
  '@odata.type': z.enum([
    '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Custom',
    'microsoft.graph.networkaccess.tunnelConfigurationIKEv2Custom',
  ]),
  ...keys,
  dhGroup: enums.dhGroup.exclude(SENTINEL),
  ikeEncryption: enums.ikeEncryption.exclude(SENTINEL),
  ikeIntegrity: enums.ikeIntegrity.exclude(SENTINEL),
  ipSecEncryption: enums.ipSecEncryption.exclude(SENTINEL),
  ipSecIntegrity: enums.ipSecIntegrity.exclude(SENTINEL),
  pfsGroup: enums.pfsGroup.exclude(SENTINEL),
  saLifeTimeSeconds: z.int(),
});

const tunnelConfiguration = z.discriminatedUnion('@odata.type', [ikev2Default, ikev2Custom]);

const deviceLinkFields = {
  name: z.string().min(1),
  ipAddress: address,
  deviceVendor: enums.deviceVendor.exclude(SENTINEL),
  bandwidthCapacityInMbps: enums.bandwidthCapacityInMbps.exclude(SENTINEL).nullable().optional(),
  bgpConfiguration,
  redundancyConfiguration,
  tunnelConfiguration,
};

/** Body of POST …/deviceLinks; required properties as Graph "Create deviceLink" marks them. */
export const deviceLinkCreate = z.strictObject({ '@odata.type': z.string().optional(), ...deviceLinkFields });
export type DeviceLinkCreate = z.infer<typeof deviceLinkCreate>;

/**
 * Body of PATCH …/deviceLinks/{id}. Complex properties may be partial, as OData merges them, except that a tunnel
 * configuration names its type.
 */
export const deviceLinkUpdate = z.strictObject({
  '@odata.type': z.string().optional(),
  ...z.strictObject(deviceLinkFields).partial().shape,
  bgpConfiguration: bgpConfiguration.partial().optional(),
  redundancyConfiguration: redundancyConfiguration.partial().optional(),
  tunnelConfiguration: z
    .discriminatedUnion('@odata.type', [
      ikev2Default.partial().required({ '@odata.type': true }),
      ikev2Custom.partial().required({ '@odata.type': true }),
    ])
    .optional(),
});
export type DeviceLinkUpdate = z.infer<typeof deviceLinkUpdate>;

/** Body of POST …/remoteNetworks: links and profiles may come along. */
export const remoteNetworkCreate = z.strictObject({
  '@odata.type': z.string().optional(),
  name: z.string().min(1),
  region: enums.region.exclude(SENTINEL),
  forwardingProfiles: z.array(z.strictObject({ id: z.string() })).optional(),
  deviceLinks: z.array(deviceLinkCreate).optional(),
});
export type RemoteNetworkCreate = z.infer<typeof remoteNetworkCreate>;

/** Body of PATCH …/remoteNetworks/{id}: only the name is documented as updatable. */
export const remoteNetworkUpdate = z.strictObject({
  '@odata.type': z.string().optional(),
  name: z.string().min(1),
});

/**
 * Body of PATCH …/remoteNetworks/{id}/forwardingProfiles. Graph's reference writes `@context` and `id`, the Entra
 * how-to `@odata.context` and `ID`; one empty object clears the list.
 */
export const forwardingProfilesDelta = z
  .strictObject({
    '@context': z.literal('#$delta').optional(),
    '@odata.context': z.literal('#$delta').optional(),
    value: z.array(z.strictObject({ id: z.string().optional(), ID: z.string().optional() })),
  })
  .refine((body) => body['@context'] ?? body['@odata.context'], 'the delta context is missing');

/** Body of PATCH …/forwardingProfiles/{id}: switches a profile, or replaces the list of networks that use it. */
export const forwardingProfileUpdate = z.strictObject({
  '@odata.type': z.string().optional(),
  name: z.string().min(1).optional(),
  state: enums.status.exclude(SENTINEL).optional(),
  associations: z
    .array(
      z.strictObject({
        '@odata.type': z.string().regex(/^#?microsoft\.graph\.networkaccess\.associatedbranch$/i),
        branchId: z.string(),
      }),
    )
    .optional(),
});
