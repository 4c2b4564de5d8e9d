import { describe } from 'vitest';
import { check, lookAlike, spaces } from './problem-rows.ts';

describe('a wrong ASN', () => {
  const plain = 'Enter the device ASN as a plain number, for example 65000.';
  const limits = 'The device ASN must be a 2-byte number from 1 to 65534.';
  check([
    ['none', { device_asn: '' }, 'device_asn', "Enter the router's ASN, usually 65000."],
    [
      "Microsoft's",
      { device_asn: '65476' },
      'device_asn',
      "65476 is Microsoft's own ASN; both ends would be equal. Enter the router's ASN, usually 65000.",
    ],
    [
      'reserved by Azure',
      { device_asn: '65518' },
      'device_asn',
      'ASN 65518 is reserved by Azure. Choose another, usually 65000.',
    ],
    [
      'reserved by IANA',
      { device_asn: '64500' },
      'device_asn',
      'ASN 64500 is reserved by IANA (documentation). Choose another, usually 65000.',
    ],
    ['zero', { device_asn: '0' }, 'device_asn', limits],
    ['4 bytes', { device_asn: '4200000000' }, 'device_asn', limits],
    ['AS prefix', { device_asn: 'AS65000' }, 'device_asn', plain],
    ['fraction', { device_asn: '65000.0' }, 'device_asn', plain],
    ['exponent', { device_asn: '65e3' }, 'device_asn', plain],
    ['leading zero', { device_asn: '065000' }, 'device_asn', plain],
    ['negative', { device_asn: '-1' }, 'device_asn', plain],
    ['a space', { device_asn: '65 000' }, 'device_asn', spaces('65 000')],
    ['no-break space', { device_asn: '65000\u00a0' }, 'device_asn', spaces('65000\u00a0')],
    ['full-width digits', { device_asn: '６５０００' }, 'device_asn', lookAlike('６５０００')],
  ]);
});

describe('a wrong choice', () => {
  check([
    [
      'option',
      { option: 'triple-wan' },
      'option',
      '"triple-wan" is not an option. One of: single-wan, single-wan-zone-redundant, dual-wan, dual-wan-zone-redundant.',
    ],
    ['no region', { region: '' }, 'region', 'Choose a region that Microsoft offers.'],
    ['unknown region', { region: 'atlantis' }, 'region', '"atlantis" is not a region that Microsoft offers.'],
    [
      "region in Azure's spelling",
      { region: 'francecentral' },
      'region',
      '"francecentral" is not a region that Microsoft offers.',
    ],
    [
      'placeholder of the enum',
      { region: 'unknownFutureValue' },
      'region',
      '"unknownFutureValue" is not a region that Microsoft offers.',
    ],
    ['region with a space', { region: 'ukSouth ' }, 'region', spaces('ukSouth ')],
    ['no bandwidth', { bandwidth: '' }, 'bandwidth', 'Choose a bandwidth.'],
    [
      'unknown bandwidth',
      { bandwidth: 'mbps2000' },
      'bandwidth',
      '"mbps2000" is not a bandwidth. One of: mbps250, mbps500, mbps750, mbps1000.',
    ],
    ['no mode', { mode: '' }, 'mode', 'Choose a traffic mode.'],
    ['unknown mode', { mode: 'private' }, 'mode', '"private" is not a traffic mode. One of: m365, internet.'],
    [
      'unknown topology',
      { zone_topology: 'mesh' },
      'zone_topology',
      '"mesh" is not a zone topology. One of: single-tunnel, tunnel-per-zone.',
    ],
    [
      'unknown IKE policy',
      { ike: 'default' },
      'ike',
      `"default" is not an IKE policy that both vendors accept. One of: ${['14', '19', '20', '24'].flatMap((group) => [`aes256-sha256-dh${group}`, `aes128-sha256-dh${group}`]).join(', ')}.`,
    ],
    ['no network', { networks: [] }, 'networks', 'Choose at least one network.'],
    ['an empty network', { networks: [''] }, 'networks', 'Choose at least one network.'],
    [
      'unknown network',
      { networks: ['corp', 'gone', 'lost'] },
      'networks',
      'Not a network of lyon-ssr: "gone", "lost".',
    ],
    [
      'many unknown networks',
      { networks: ['1', '2', '3', '4', '5', '6'] },
      'networks',
      'Not a network of lyon-ssr: "1", "2", "3", "4", "5".',
    ],
    [
      'network with a space',
      { networks: [' corp'] },
      'networks',
      'Not a network of lyon-ssr: " corp". Remove the spaces around the name.',
    ],
    [
      'network without a prefix',
      { networks: ['vars'] },
      'networks',
      'Network "vars" has no IPv4 prefix in Mist, so it cannot be announced.',
    ],
    ['long ticket', { ticket: 'C'.repeat(65) }, 'ticket', 'The change number is longer than 64 characters.'],
    [
      'ticket with a line break',
      { ticket: 'CHG\n1' },
      'ticket',
      'The change number contains line breaks, tabs or other invisible characters. Remove them.',
    ],
    [
      'ticket with a tab at its end',
      { ticket: 'CHG1\t' },
      'ticket',
      'The change number contains line breaks, tabs or other invisible characters. Remove them.',
    ],
    [
      'ticket with a direction mark',
      { ticket: 'CHG\u202e1' },
      'ticket',
      'The change number contains line breaks, tabs or other invisible characters. Remove them.',
    ],
    [
      'another device',
      { device: 'device-2' },
      'device',
      'The form was filled in for "lyon-ssr", not for this device. Open it again for the other one.',
    ],
  ]);
});
