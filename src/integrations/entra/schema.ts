import { z } from 'zod';
import { Secret } from '../../base/secret.ts';

/*
 * What Graph networkaccess (beta) sends, as far as the bot reads it. Enum members stay text: the enums are evolvable.
 * Strict on ids, names and addresses that a decision hangs on; anything else may be absent. Keys turn into `Secret`
 * while they are parsed, so that no clear one outlives the parsing.
 */

const text = z.string().min(1);
const optionalText = text.optional().catch(undefined);
const secret = text
  .transform((clear) => new Secret(clear))
  .optional()
  .catch(undefined);

/** The envelope of every collection (OData JSON Format 4.01). */
export function collectionOf<T>(item: z.ZodType<T>) {
  return z.object({ value: z.array(item), '@odata.nextLink': optionalText });
}

export const ForwardingProfile = z.object({
  id: text,
  name: z.string().catch(''),
  trafficForwardingType: text,
  state: text,
});
export type ForwardingProfile = z.infer<typeof ForwardingProfile>;

const TunnelConfiguration = z.object({
  '@odata.type': optionalText,
  preSharedKey: secret,
  zoneRedundancyPreSharedKey: secret,
  ikeEncryption: optionalText,
  ikeIntegrity: optionalText,
  dhGroup: optionalText,
  ipSecEncryption: optionalText,
  ipSecIntegrity: optionalText,
  pfsGroup: optionalText,
  saLifeTimeSeconds: z.number().optional().catch(undefined),
});
export type TunnelConfiguration = z.infer<typeof TunnelConfiguration>;

export const DeviceLink = z.object({
  id: text,
  name: z.string(),
  ipAddress: z.string(),
  deviceVendor: text.catch('unknownFutureValue'),
  bandwidthCapacityInMbps: optionalText,
  bgpConfiguration: z.object({
    asn: z.number().int(),
    localIpAddress: optionalText,
    peerIpAddress: optionalText,
  }),
  // Absent in links made before redundancy existed.
  redundancyConfiguration: z.object({ redundancyTier: text, zoneLocalIpAddress: optionalText }).nullish(),
  // May be withheld from a reader who is not to see keys; then the policy is unknown, not the default one.
  tunnelConfiguration: TunnelConfiguration.nullish(),
});
export type DeviceLink = z.infer<typeof DeviceLink>;

/** `deviceLinks` and `forwardingProfiles`: undefined where this answer does not hold all of them, which is not "none". */
export const RemoteNetwork = z
  .object({
    id: text,
    name: z.string(),
    region: text,
    lastModifiedDateTime: optionalText,
    deviceLinks: z.array(DeviceLink).nullish(),
    'deviceLinks@odata.nextLink': optionalText,
    forwardingProfiles: z.array(ForwardingProfile).nullish(),
    'forwardingProfiles@odata.nextLink': optionalText,
  })
  .transform((network) => ({
    ...network,
    deviceLinks: network['deviceLinks@odata.nextLink'] ? undefined : (network.deviceLinks ?? undefined),
    forwardingProfiles: network['forwardingProfiles@odata.nextLink']
      ? undefined
      : (network.forwardingProfiles ?? undefined),
  }));
export type RemoteNetwork = z.infer<typeof RemoteNetwork>;

/** All that is relied on in the answer to a creation: links and profiles are not echoed. */
export const Created = z.object({ id: text, name: optionalText });

export const TenantStatus = z.object({ onboardingStatus: text });

// Tolerant within a link: until Microsoft has allocated its end, any part of it may be empty.
const optionalNumber = z.number().int().optional().catch(undefined);
const LocalConfiguration = z
  .object({ endpoint: optionalText, asn: optionalNumber, bgpAddress: optionalText, region: optionalText })
  .catch({});

export const ConnectivityLink = z.object({
  id: text,
  displayName: z.string(),
  localConfigurations: z.array(LocalConfiguration).nullish(),
  peerConfiguration: z
    .object({ endpoint: optionalText, asn: optionalNumber, bgpAddress: optionalText })
    .nullish()
    .catch(undefined),
});
export type ConnectivityLink = z.infer<typeof ConnectivityLink>;

/** `links`: undefined where the answer does not hold all of them. */
export const ConnectivityConfiguration = z
  .object({ links: z.array(ConnectivityLink).nullish(), 'links@odata.nextLink': optionalText })
  .transform((configuration) => ({
    links: configuration['links@odata.nextLink'] ? undefined : (configuration.links ?? undefined),
  }));

export const HealthEvent = z.object({
  remoteNetworkId: text,
  createdDateTime: text.refine((at) => !Number.isNaN(Date.parse(at))),
  status: text,
  sourceIp: optionalText,
  destinationIp: optionalText,
  description: optionalText,
  bgpRoutesAdvertisedCount: z.number().int().optional().catch(undefined),
});
export type HealthEvent = z.infer<typeof HealthEvent>;

/** A row of the log; one that cannot be read is left out instead of hiding all the others. */
export const HealthRow = HealthEvent.optional().catch(undefined);

const PolicyRule = z.object({
  action: optionalText,
  destinations: z
    .array(z.object({ value: optionalText }).catch({}))
    .optional()
    .catch(undefined),
});

export const PolicyLink = z.object({
  state: optionalText,
  policy: z
    .object({ policyRules: z.array(PolicyRule).optional() })
    .nullish()
    .catch(undefined),
});
export type PolicyLink = z.infer<typeof PolicyLink>;
