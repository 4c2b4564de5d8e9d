import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { MODES, ZONE_TOPOLOGIES, type TrafficMode, type ZoneTopology } from '../../design/types.ts';
import type { Choice, OnboardForm } from '../../flows/types.ts';
import { context, paragraph } from '../cards/blocks.ts';
import { escapeMrkdwn } from '../../integrations/slack/escape.ts';
import { writeMetadata } from '../payload.ts';
import { multiSelectField, radioField, selectField, textField } from './elements.ts';
import { CONNECT_TITLE, title } from './views.ts';

const MODE_LABELS: Record<TrafficMode, string> = {
  m365: 'Microsoft 365 traffic only',
  internet: 'All internet traffic',
};
const TOPOLOGY_LABELS: Record<ZoneTopology, string> = {
  'single-tunnel': 'One tunnel to both zones (Juniper guide)',
  'tunnel-per-zone': 'One tunnel per zone (Microsoft documentation)',
};

function choices<T extends string>(values: readonly T[], labels: Record<T, string>): Choice[] {
  return values.map((value) => ({ value, label: labels[value] }));
}

/** Step 2: everything else, filled in as far as the live sides tell. Which fields there are depends on the option and the device. */
export function linksView(form: OnboardForm, channel: string): ModalView {
  const { initial } = form;
  const first = (blockId: string): string | undefined => {
    const value = initial[blockId];
    return typeof value === 'string' ? value : value?.[0];
  };
  return {
    type: 'modal',
    callback_id: 'sse_onboard_links',
    private_metadata: writeMetadata({ draft: form.draftId, channel }),
    title: title(CONNECT_TITLE),
    submit: title('Check and plan'),
    close: title('Close'),
    blocks: [
      paragraph(`${form.site.name}: ${form.option}`),
      ...form.notes.slice(0, 10).map((note): KnownBlock => context(escapeMrkdwn(note))),
      ...(form.devices.length > 1
        ? [selectField({ blockId: 'device', label: 'Router' }, form.devices, first('device'))]
        : []),
      ...linkNumbers(form).flatMap((n) => linkFields(form, n, first)),
      selectField({ blockId: 'region', label: 'Microsoft region' }, form.regions, first('region')),
      selectField(
        { blockId: 'bandwidth', label: 'Bandwidth of each link' },
        form.bandwidths,
        first('bandwidth'),
      ),
      textField(
        { blockId: 'range_a', label: 'Peering range', hint: 'A /29 for the BGP addresses of this site.' },
        first('range_a'),
        '10.99.99.0/29',
      ),
      ...(form.zoneRedundant ? zoneFields(first) : []),
      textField({ blockId: 'device_asn', label: 'AS number of the router' }, first('device_asn'), '65000'),
      multiSelectField(
        {
          blockId: 'networks',
          label: 'Networks that get access',
          hint: 'Their prefixes are announced to Microsoft, their users use the tunnel.',
        },
        form.networks,
        listOf(initial['networks']),
      ),
      radioField({ blockId: 'mode', label: 'Traffic' }, choices(MODES, MODE_LABELS), first('mode') ?? 'm365'),
      textField({ blockId: 'ticket', label: 'Change number', optional: true }, first('ticket')),
      textField(
        {
          blockId: 'window',
          label: 'Change window',
          hint: `When it may start, as time of ${form.timeZone}: 22:00, Sat 22:00-04:00, 2026-11-26 22:00. Empty: as soon as it is approved.`,
          optional: true,
        },
        first('window'),
        '22:00-04:00',
      ),
      selectField(
        { blockId: 'ike', label: 'IKE and IPsec proposal', optional: true },
        form.ikes,
        first('ike'),
      ),
      ...linkNumbers(form).flatMap((n) => addressFields(form, n, first)),
    ],
  };
}

type First = (blockId: string) => string | undefined;

function linkNumbers(form: OnboardForm): readonly number[] {
  return form.linkCount === 2 ? [1, 2] : [1];
}

function linkLabel(form: OnboardForm, n: number, text: string): string {
  return form.linkCount === 2 ? `Link ${n}: ${text}` : text;
}

function linkFields(form: OnboardForm, n: number, first: First): InputBlock[] {
  return [
    selectField(
      { blockId: `link${n}_wan`, label: linkLabel(form, n, 'WAN interface') },
      form.wans,
      first(`link${n}_wan`),
    ),
    textField(
      {
        blockId: `link${n}_public_ip`,
        label: linkLabel(form, n, 'Public IP address'),
        hint: 'Static, as Microsoft sees it.',
      },
      first(`link${n}_public_ip`),
      '203.0.113.10',
    ),
  ];
}

function zoneFields(first: First): InputBlock[] {
  return [
    textField(
      { blockId: 'range_b', label: 'Peering range of the second zone', hint: 'Another /29.' },
      first('range_b'),
      '10.99.100.0/29',
    ),
    radioField(
      { blockId: 'zone_topology', label: 'Tunnels to the two zones' },
      choices(ZONE_TOPOLOGIES, TOPOLOGY_LABELS),
      first('zone_topology') ?? 'single-tunnel',
    ),
  ];
}

function addressFields(form: OnboardForm, n: number, first: First): InputBlock[] {
  const field = (blockId: string, label: string) =>
    textField(
      {
        blockId,
        label: linkLabel(form, n, label),
        hint: 'Only to override the address taken from the range.',
        optional: true,
      },
      first(blockId),
    );
  return [
    field(`device_bgp_${n}`, 'BGP address of the router'),
    field(`microsoft_bgp_${n}`, 'BGP address of Microsoft'),
    ...(form.zoneRedundant ? [field(`microsoft_bgp_${n}_z2`, 'BGP address of Microsoft, second zone')] : []),
  ];
}

function listOf(value: OnboardForm['initial'][string]): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
