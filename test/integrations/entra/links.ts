import { Secret } from '../../../src/base/secret.ts';
import { DEFAULT_IKE_ID, findIkeProposal } from '../../../src/design/ike-proposals.ts';
import type { IkeProposal } from '../../../src/design/types.ts';
import type { NewDeviceLink } from '../../../src/integrations/entra/types.ts';

export function guideProposal(): IkeProposal {
  const proposal = findIkeProposal(DEFAULT_IKE_ID);
  if (!proposal) throw new Error('the default proposal is missing');
  return proposal;
}

/** The addresses of Juniper's guide: 10.99.99.0/29, and 10.99.100.0/29 for the second zone. */
export function lyonLink(change: Partial<NewDeviceLink> = {}): NewDeviceLink {
  return {
    name: 'Lyon-wan0',
    ipAddress: '203.0.113.10',
    bandwidth: 'mbps250',
    asn: 65000,
    deviceBgp: '10.99.99.1',
    microsoftBgp: '10.99.99.2',
    ike: guideProposal(),
    psk: new Secret('psk-of-lyon-wan0'),
    ...change,
  };
}

/** The links of each of the guide's options, with one key per link as under `single-tunnel`. */
export const GUIDE_LINKS: Readonly<Record<string, readonly NewDeviceLink[]>> = {
  'single-wan': [lyonLink()],
  'single-wan-zone-redundant': [
    lyonLink({
      bandwidth: 'mbps500',
      zone2: { microsoftBgp: '10.99.100.2', psk: new Secret('psk-of-lyon-wan0') },
    }),
  ],
  'dual-wan-zone-redundant': [
    lyonLink({
      bandwidth: 'mbps1000',
      zone2: { microsoftBgp: '10.99.100.2', psk: new Secret('psk-of-lyon-wan0') },
    }),
    lyonLink({
      name: 'Lyon-wan1',
      ipAddress: '198.51.100.10',
      bandwidth: 'mbps1000',
      deviceBgp: '10.99.99.5',
      microsoftBgp: '10.99.99.6',
      zone2: { microsoftBgp: '10.99.100.6', psk: new Secret('psk-of-lyon-wan1') },
      psk: new Secret('psk-of-lyon-wan1'),
    }),
  ],
};
