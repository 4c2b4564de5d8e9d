import { BANDWIDTH_MBPS } from '../design/bandwidth.ts';
import { DEFAULT_DEVICE_ASN } from '../design/asn-rules.ts';
import type { ChangeWindow } from '../design/change-window.ts';
import { nextFreeRanges } from '../design/free-ranges.ts';
import { DEFAULT_IKE_ID, IKE_PROPOSALS } from '../design/ike-proposals.ts';
import type { InputSnapshot, WanPort } from '../design/input-draft.ts';
import { redundancyOf } from '../design/redundancy.ts';
import { nearestRegion, REGIONS } from '../design/regions.ts';
import { windowText } from '../design/window-words.ts';
import { BANDWIDTHS, type Option, type SiteInputs } from '../design/types.ts';
import type { DeviceFacts } from './live/device-facts.ts';
import type { FlowParts } from './parts.ts';
import type { Choice, FormValues, OnboardForm, SiteRef } from './types.ts';

/** What field errors may rely on: this device as it was read while the form loaded. */
export function snapshotOf(
  site: SiteRef,
  latlng: { lat: number; lng: number } | undefined,
  option: Option,
  facts: DeviceFacts,
  takenRanges: readonly { cidr: string; usedBy: string }[],
  pool: readonly string[],
): InputSnapshot {
  return {
    site: { ...site, ...(latlng && { latlng }) },
    option,
    device: { id: facts.device.id, name: facts.device.name, isHa: facts.isHa, isSsr: facts.isSsr },
    wans: facts.wans,
    networks: facts.networks,
    takenRanges,
    pool,
  };
}

/** The form with its choices and what is suggested, or what an edited request holds. */
export function formOf(
  draftId: string,
  site: SiteRef,
  option: Option,
  devices: readonly DeviceFacts[],
  first: DeviceFacts,
  taken: readonly string[],
  parts: FlowParts,
  notes: readonly string[],
  previous: SiteInputs | undefined,
  window: ChangeWindow | undefined,
): OnboardForm {
  const { links, zones } = redundancyOf(option);
  const { wans } = first;
  const own = first.occupied;
  const ranges = nextFreeRanges(parts.settings.peeringPool, [...taken, ...own], zones);
  const region = first.latlng && nearestRegion(first.latlng);
  return {
    draftId,
    site,
    option,
    linkCount: links,
    zoneRedundant: zones === 2,
    devices: devices.map((d) => ({ value: d.device.id, label: d.device.name })),
    wans: wans.map(wanChoice),
    regions: REGIONS.map((r) => ({ value: r.id, label: r.name })),
    bandwidths: BANDWIDTHS.map((b) => ({ value: b, label: `${BANDWIDTH_MBPS[b]} Mbps` })),
    networks: first.networks.map((n) => ({ value: n.name, label: `${n.name} (${n.prefix})` })),
    ikes: IKE_PROPOSALS.map((p) => ({ value: p.id, label: p.label })),
    initial: {
      ...(previous ? valuesOf(previous) : suggested(first, links, ranges, region?.id)),
      ...(window && { window: windowText(window, parts.settings.timeZone) }),
    },
    timeZone: parts.settings.timeZone,
    notes,
  };
}

function wanChoice(wan: WanPort): Choice {
  const address = wan.extIp ?? wan.ip ?? 'no address';
  const kind = wan.ipType === 'static' ? '' : `, ${wan.ipType}`;
  return { value: wan.name, label: `${wan.name} (${address}${kind})` };
}

/** One WAN per link; static ones first, and for an HA pair link n on node n. */
function suggested(
  facts: DeviceFacts,
  links: 1 | 2,
  ranges: readonly string[],
  region: string | undefined,
): FormValues {
  const ordered = facts.wans.toSorted(
    (a, b) => Number(b.ipType === 'static') - Number(a.ipType === 'static'),
  );
  const link1 = (facts.isHa ? ordered.find((w) => w.node === 'node0') : undefined) ?? ordered[0];
  const rest = ordered.filter((w) => w !== link1);
  const link2 =
    links === 2 ? ((facts.isHa ? rest.find((w) => w.node === 'node1') : undefined) ?? rest[0]) : undefined;
  return {
    device: facts.device.id,
    link1_wan: link1?.name,
    link1_public_ip: link1?.extIp ?? link1?.ip,
    link2_wan: link2?.name,
    link2_public_ip: link2?.extIp ?? link2?.ip,
    region,
    bandwidth: 'mbps250',
    range_a: ranges[0],
    range_b: ranges[1],
    device_asn: String(DEFAULT_DEVICE_ASN),
    networks: facts.networks.map((n) => n.name),
    mode: 'm365',
    zone_topology: 'single-tunnel',
    ike: DEFAULT_IKE_ID,
  };
}

/** The form's values that give these inputs again. */
function valuesOf(inputs: SiteInputs): FormValues {
  const links = inputs.links.flatMap((link, i) => {
    const n = i + 1;
    return [
      [`link${n}_wan`, link.wan],
      [`link${n}_public_ip`, link.publicIp],
      [`device_bgp_${n}`, link.deviceBgp],
      [`microsoft_bgp_${n}`, link.microsoftBgp],
      [`microsoft_bgp_${n}_z2`, link.microsoftBgpZone2],
    ] as const;
  });
  return {
    ...Object.fromEntries(links),
    device: inputs.device.id,
    region: inputs.region,
    bandwidth: inputs.bandwidth,
    range_a: inputs.rangeA,
    range_b: inputs.rangeB,
    device_asn: String(inputs.deviceAsn),
    networks: inputs.networks,
    mode: inputs.mode,
    zone_topology: inputs.zoneTopology,
    ike: inputs.ikeId,
    ticket: inputs.ticket,
  };
}
