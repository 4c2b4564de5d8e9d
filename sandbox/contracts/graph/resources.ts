import { z } from 'zod';
import { graphEnums as enums } from './enums.ts';

/*
 * What Graph answers. Every property is optional, as `$select` may leave any out, and annotations such as
 * `@odata.context` may stand beside them; names, types, enums and nullability are the metadata's.
 */

const int32 = z.int32();
const int64 = z.int();
const text = z.string();
const timestamp = z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'not a date and time');
const entity = { id: text.optional(), '@odata.type': text.optional() };

const bgpConfigurationFields = {
  /** The customer's ASN. */
  asn: int32.optional(),
  /** Microsoft's BGP address. */
  localIpAddress: text.nullable().optional(),
  /** The customer's BGP address. */
  peerIpAddress: text.nullable().optional(),
  /** Legacy, unused. */
  ipAddress: text.nullable().optional(),
};
export const bgpConfiguration = z.looseObject(bgpConfigurationFields);

export const redundancyConfiguration = z.looseObject({
  redundancyTier: enums.redundancyTier.optional(),
  /** Microsoft's second BGP address. */
  zoneLocalIpAddress: text.nullable().optional(),
});

const tunnelKeys = {
  preSharedKey: text.nullable().optional(),
  zoneRedundancyPreSharedKey: text.nullable().optional(),
};

export const tunnelConfigurationIKEv2Default = z.looseObject({
  ...tunnelKeys,
  '@odata.type': z.enum([
    '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default',
    'microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default',
  ]),
});

export const tunnelConfigurationIKEv2Custom = z.looseObject({
  ...tunnelKeys,
  '@odata.type': z.enum([
    '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Custom',
    'microsoft.graph.networkaccess.tunnelConfigurationIKEv2Custom',
  ]),
  dhGroup: enums.dhGroup.optional(),
  ikeEncryption: enums.ikeEncryption.optional(),
  ikeIntegrity: enums.ikeIntegrity.optional(),
  ipSecEncryption: enums.ipSecEncryption.optional(),
  ipSecIntegrity: enums.ipSecIntegrity.optional(),
  pfsGroup: enums.pfsGroup.optional(),
  saLifeTimeSeconds: int64.optional(),
});

/** Graph networkaccess-devicelink: one WAN link of a remote network. */
export const deviceLink = z.looseObject({
  ...entity,
  name: text.optional(),
  ipAddress: text.optional(),
  deviceVendor: enums.deviceVendor.optional(),
  bandwidthCapacityInMbps: enums.bandwidthCapacityInMbps.nullable().optional(),
  bgpConfiguration: bgpConfiguration.optional(),
  redundancyConfiguration: redundancyConfiguration.nullable().optional(),
  tunnelConfiguration: z.union([tunnelConfigurationIKEv2Default, tunnelConfigurationIKEv2Custom]).optional(),
  lastModifiedDateTime: timestamp.optional(),
});

/** Microsoft's end of one tunnel. */
export const localConnectivityConfiguration = z.looseObject({
  asn: int32.optional(),
  bgpAddress: text.optional(),
  endpoint: text.optional(),
  region: enums.region.optional(),
});

/** The customer's end of one tunnel. */
export const peerConnectivityConfiguration = z.looseObject({
  asn: int32.optional(),
  bgpAddress: text.optional(),
  endpoint: text.optional(),
});

export const connectivityConfigurationLink = z.looseObject({
  ...entity,
  displayName: text.optional(),
  localConfigurations: z.array(localConnectivityConfiguration).optional(),
  peerConfiguration: peerConnectivityConfiguration.optional(),
});

/** Graph networkaccess-remotenetworkconnectivityconfiguration: the portal's "View configuration". */
export const remoteNetworkConnectivityConfiguration = z.looseObject({
  remoteNetworkId: text.optional(),
  remoteNetworkName: text.optional(),
  links: z.array(connectivityConfigurationLink).optional(),
});

/** Graph networkaccess-associatedbranch. Its `@odata.type` is published in two spellings of `networkaccess`. */
export const associatedBranch = z.looseObject({
  '@odata.type': z.string().regex(/^#?microsoft\.graph\.[nN]etwork[aA]ccess\.[a-zA-Z0-9]+$/),
  branchId: text.optional(),
});

const ruleDestination = z.looseObject({
  '@odata.type': text.optional(),
  value: text.optional(),
});

/** Graph networkaccess-m365forwardingrule and its internet twin, which lacks `category`. */
export const m365ForwardingRule = z.looseObject({
  ...entity,
  name: text.optional(),
  action: enums.forwardingRuleAction.optional(),
  clientFallbackAction: enums.clientFallbackAction.optional(),
  ruleType: enums.networkDestinationType.optional(),
  destinations: z.array(ruleDestination).optional(),
  category: enums.forwardingCategory.optional(),
  ports: z.array(text).optional(),
  protocol: enums.networkingProtocol.optional(),
});

export const forwardingPolicy = z.looseObject({
  ...entity,
  name: text.optional(),
  description: text.nullable().optional(),
  version: text.optional(),
  trafficForwardingType: enums.trafficForwardingType.optional(),
  privateAccessAppId: text.nullable().optional(),
  policyRules: z.array(m365ForwardingRule).optional(),
});

export const forwardingPolicyLink = z.looseObject({
  ...entity,
  state: enums.status.optional(),
  version: text.optional(),
  priority: int64.nullable().optional(),
  policy: forwardingPolicy.nullable().optional(),
});

/** Graph networkaccess-forwardingprofile. */
export const forwardingProfile = z.looseObject({
  ...entity,
  name: text.optional(),
  description: text.nullable().optional(),
  state: enums.status.optional(),
  version: text.optional(),
  lastModifiedDateTime: timestamp.optional(),
  isCustomProfile: z.boolean().optional(),
  priority: int32.optional(),
  trafficForwardingType: enums.trafficForwardingType.optional(),
  associations: z.array(associatedBranch).optional(),
  policies: z.array(forwardingPolicyLink).optional(),
  servicePrincipal: z.looseObject({ id: text.optional() }).nullable().optional(),
});

/** Graph networkaccess-remotenetwork. */
export const remoteNetwork = z.looseObject({
  ...entity,
  name: text.optional(),
  region: enums.region.optional(),
  version: text.optional(),
  lastModifiedDateTime: timestamp.optional(),
  connectivityConfiguration: remoteNetworkConnectivityConfiguration.nullable().optional(),
  deviceLinks: z.array(deviceLink).optional(),
  forwardingProfiles: z.array(forwardingProfile).optional(),
});

export const tenantStatus = z.looseObject({
  ...entity,
  onboardingStatus: enums.onboardingStatus.optional(),
  onboardingErrorMessage: text.nullable().optional(),
});

/** Graph networkaccess-remotenetworkhealthevent. It names no device link: correlate by both addresses. */
export const remoteNetworkHealthEvent = z.looseObject({
  ...entity,
  remoteNetworkId: text.optional(),
  createdDateTime: timestamp.optional(),
  status: enums.remoteNetworkStatus.optional(),
  sourceIp: text.nullable().optional(),
  destinationIp: text.nullable().optional(),
  description: text.nullable().optional(),
  bgpRoutesAdvertisedCount: int32.nullable().optional(),
  sentBytes: int64.nullable().optional(),
  receivedBytes: int64.nullable().optional(),
});

export const alert = z.looseObject({
  ...entity,
  displayName: text.optional(),
  description: text.nullable().optional(),
  alertType: enums.alertType.optional(),
  severity: enums.alertSeverity.optional(),
  categories: z.array(enums.intentCategory).optional(),
  actions: z
    .array(z.looseObject({ actionLink: text.nullable().optional(), actionText: text.optional() }))
    .optional(),
  relatedResources: z
    .array(z.looseObject({ '@odata.type': text.optional(), remoteNetworkId: text.optional() }))
    .optional(),
  componentName: text.nullable().optional(),
  creationDateTime: timestamp.optional(),
  firstActivityDateTime: timestamp.nullable().optional(),
  lastActivityDateTime: timestamp.nullable().optional(),
  detectionTechnology: text.nullable().optional(),
  extendedProperties: z.looseObject({}).nullable().optional(),
  isPreview: z.boolean().nullable().optional(),
  productName: text.nullable().optional(),
  vendorName: text.optional(),
  subTechniques: z.array(text).optional(),
  techniques: z.array(text).optional(),
  policy: z.looseObject({ id: text.optional() }).nullable().optional(),
});

/** Every Graph error (`microsoft.graph.ODataErrors.ODataError`). */
export const graphError = z.looseObject({
  error: z.looseObject({
    code: text,
    message: text,
    target: text.nullable().optional(),
    details: z.array(z.looseObject({})).optional(),
    innerError: z
      .looseObject({
        'request-id': text.optional(),
        'client-request-id': text.optional(),
        date: text.optional(),
      })
      .nullable()
      .optional(),
  }),
});

/** A page of `row`; `@odata.nextLink` is absolute and to be followed as it is. */
export function collectionOf<T extends z.ZodType>(row: T) {
  return z.looseObject({
    '@odata.context': text.optional(),
    '@odata.count': int64.optional(),
    '@odata.nextLink': text.nullable().optional(),
    value: z.array(row),
  });
}
