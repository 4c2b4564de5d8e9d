import { randomUUID } from 'node:crypto';
import type { Json } from '../../db/types.ts';
import { attempt } from '../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../base/failure.ts';
import { DEFAULT_DEVICE_ASN } from '../design/asn-rules.ts';
import { checkInputs } from '../design/check-inputs.ts';
import { nextFreeRanges } from '../design/free-ranges.ts';
import { DEFAULT_IKE_ID, IKE_PROPOSALS } from '../design/ike-proposals.ts';
import type { InputDraft, InputSnapshot, WanPort } from '../design/input-draft.ts';
import { redundancyOf } from '../design/redundancy.ts';
import { nearestRegion, REGIONS } from '../design/regions.ts';
import { BANDWIDTHS, type InputProblem, type Option, type SiteInputs } from '../design/types.ts';
import type { RemoteNetwork } from '../integrations/entra/types.ts';
import { deviceFacts, type DeviceFacts } from './live/device-facts.ts';
import { readLiveMist } from './live/live-site.ts';
import type { FlowParts } from './parts.ts';
import type { Actor, Choice, FormValues, OnboardForm, SiteRef } from './types.ts';

/** What is kept of a form between its steps. `requestId` is present while a request is being edited. */
export interface FormDraft {
  readonly siteId: string;
  readonly siteName: string;
  readonly option: Option;
  readonly snapshots: Readonly<Record<string, InputSnapshot>>;
  readonly requestId?: string;
}

export interface Forms {
  open(
    actor: Actor,
    request: { siteId: string; option: Option; channel: string },
  ): Promise<Result<OnboardForm>>;
  reopen(actor: Actor, requestId: string): Promise<Result<OnboardForm>>;
  check(draftId: string, values: FormValues): Promise<Result<readonly InputProblem[]>>;
  /** The accepted inputs; a failure where the draft is gone or the values are not acceptable. */
  inputs(
    draftId: string,
    values: FormValues,
  ): Promise<Result<{ readonly inputs: SiteInputs; readonly draft: FormDraft; readonly channel: string }>>;
}

/** Step 2 of the onboard modal: what it shows, and what was typed into it. */
export function createForms(parts: FlowParts): Forms {
  const { store, clock, settings } = parts;

  async function load(
    actor: Actor,
    what: { siteId: string; option: Option; channel: string; requestId?: string; previous?: SiteInputs },
  ): Promise<Result<OnboardForm>> {
    const [live, networks, reservations] = await Promise.all([
      readLiveMist(parts, what.siteId),
      attempt(parts.entra.remoteNetworks()),
      store.registry.all(),
    ]);
    if (!live.ok) return live;
    const site: SiteRef = { id: live.value.site.id, name: live.value.site.name };
    const devices = live.value.devices.map((device) => deviceFacts(live.value, device));
    const [first] = [...devices].toSorted((a, b) => Number(b.isSsr) - Number(a.isSsr));
    if (!first) return failed(noDevice(site.name));
    if (!first.isSsr) return failed(notAnSsr(first));
    const taken = [
      ...reservations
        .filter((r) => r.kind === 'range' && r.requestId !== what.requestId)
        .map((r) => ({ cidr: r.key, usedBy: r.siteName })),
      ...(networks.ok ? peeringOf(networks.value) : []),
    ];
    const snapshots = Object.fromEntries(
      devices.map((d) => [
        d.device.id,
        snapshotOf(site, live.value.site.latlng, what.option, d, taken, settings.peeringPool),
      ]),
    );
    const draft: FormDraft = {
      siteId: site.id,
      siteName: site.name,
      option: what.option,
      snapshots,
      ...(what.requestId !== undefined && { requestId: what.requestId }),
    };
    const draftId = randomUUID();
    await store.drafts.put({
      id: draftId,
      user: actor.user,
      teamId: actor.teamId,
      channel: what.channel,
      data: draft as unknown as Json,
      createdAt: clock.now(),
    });
    const notes = networks.ok
      ? []
      : [`Entra could not be read (${networks.failure.code}): ranges in use there are not known.`];
    return ok(
      formOf(
        draftId,
        site,
        what.option,
        devices,
        first,
        taken.map((t) => t.cidr),
        parts,
        notes,
        what.previous,
      ),
    );
  }

  async function read(draftId: string): Promise<Result<{ draft: FormDraft; channel: string }>> {
    const row = await store.drafts.get(draftId);
    if (!row) return failed(draftGone());
    return ok({ draft: row.data as unknown as FormDraft, channel: row.channel });
  }

  function checked(draft: FormDraft, values: FormValues): ReturnType<typeof checkInputs> {
    const text = values as InputDraft;
    const chosen = typeof text.device === 'string' ? draft.snapshots[text.device] : undefined;
    const snapshot = chosen ?? Object.values(draft.snapshots)[0];
    if (!snapshot)
      return { problems: [{ field: 'link1_wan', message: 'This form is out of date; open it again.' }] };
    return checkInputs({ ...text, option: draft.option }, snapshot);
  }

  return {
    async open(actor, request) {
      const [open, site] = await Promise.all([
        store.requests.openOfSite(request.siteId),
        store.sites.get(request.siteId),
      ]);
      const [other] = open;
      if (other) return failed(requestOpen(other.siteName, other.requester));
      if (site) return failed(alreadyConnected(site.name));
      return load(actor, request);
    },
    async reopen(actor, requestId) {
      const request = await store.requests.get(requestId);
      if (!request || request.state !== 'planned') return failed(notEditable());
      if (request.requester !== actor.user) return failed(notYours(request.requester));
      const previous = request.inputs as unknown as SiteInputs;
      return load(actor, {
        siteId: request.siteId,
        option: previous.option,
        channel: request.channel,
        requestId,
        previous,
      });
    },
    async check(draftId, values) {
      const found = await read(draftId);
      if (!found.ok) return found;
      const answer = checked(found.value.draft, values);
      return ok('problems' in answer ? answer.problems : []);
    },
    async inputs(draftId, values) {
      const found = await read(draftId);
      if (!found.ok) return found;
      const answer = checked(found.value.draft, values);
      if ('problems' in answer) return failed(refused(answer.problems));
      return ok({ inputs: answer.inputs, ...found.value });
    },
  };
}

function snapshotOf(
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

function formOf(
  draftId: string,
  site: SiteRef,
  option: Option,
  devices: readonly DeviceFacts[],
  first: DeviceFacts,
  taken: readonly string[],
  parts: FlowParts,
  notes: readonly string[],
  previous: SiteInputs | undefined,
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
    bandwidths: BANDWIDTHS.map((b) => ({ value: b, label: `${b.slice(4)} Mbps` })),
    networks: first.networks.map((n) => ({ value: n.name, label: `${n.name} (${n.prefix})` })),
    ikes: IKE_PROPOSALS.map((p) => ({ value: p.id, label: p.label })),
    initial: previous ? valuesOf(previous) : suggested(first, links, ranges, region?.id),
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

function peeringOf(networks: readonly RemoteNetwork[]): { cidr: string; usedBy: string }[] {
  return networks.flatMap((network) =>
    network.links.flatMap((link) =>
      [link.deviceBgp, link.microsoftBgp, link.microsoftBgpZone2].flatMap((address) =>
        address === undefined ? [] : [{ cidr: `${address}/32`, usedBy: `${network.name} in Entra` }],
      ),
    ),
  );
}

const problem = (code: string, hint: string): Failure => ({ code, message: code, hint, retryable: false });

const noDevice = (site: string): Failure =>
  problem('flow.no_device', `${site} has no WAN Edge in Mist. Assign one, then ask again.`);
const notAnSsr = (facts: DeviceFacts): Failure =>
  problem(
    'flow.not_an_ssr',
    `${facts.device.name} is a ${facts.model}. Only Session Smart Routers take these connectors as designed; nothing was changed.`,
  );
const draftGone = (): Failure =>
  problem('flow.draft_gone', 'This form is too old. Open it again with `/sse onboard`.');
const notEditable = (): Failure =>
  problem('flow.not_editable', 'Only a plan that waits for a decision can be edited.');
const notYours = (requester: string): Failure =>
  problem('flow.not_yours', `Only the requester (<@${requester}>) can edit this plan.`);
const requestOpen = (site: string, requester: string): Failure =>
  problem(
    'flow.request_open',
    `A request for ${site} by <@${requester}> is open. Decide on that card first.`,
  );
const alreadyConnected = (site: string): Failure =>
  problem(
    'flow.already_connected',
    `${site} is connected already. \`/sse status ${site}\` shows how it is doing.`,
  );

function refused(problems: readonly InputProblem[]): Failure {
  return problem('flow.inputs_refused', problems.map((p) => `${p.field}: ${p.message}`).join(' '));
}
