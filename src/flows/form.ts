import { randomUUID } from 'node:crypto';
import type { Json } from '../../db/types.ts';
import { attempt } from '../base/attempt.ts';
import { failed, ok, type Result } from '../base/failure.ts';
import type { ChangeWindow } from '../design/change-window.ts';
import { checkInputs } from '../design/check-inputs.ts';
import { remoteNetworkName } from '../design/names.ts';
import type { InputDraft, InputSnapshot } from '../design/input-draft.ts';
import type { InputProblem, Option, SiteInputs } from '../design/types.ts';
import type { RemoteNetwork } from '../integrations/entra/types.ts';
import {
  alreadyConnected,
  draftGone,
  noDevice,
  notAnSsr,
  notEditable,
  notYours,
  refused,
  requestOpen,
} from './form-failures.ts';
import { formOf, snapshotOf } from './form-view.ts';
import { deviceFacts } from './live/device-facts.ts';
import { readLiveMist } from './live/live-site.ts';
import type { FlowParts } from './parts.ts';
import { ageOf } from './preflight/snapshot-rules.ts';
import { prefixSnapshot } from './registry/prefix-snapshot.ts';
import { readWindow, windowOf } from './window/window-of.ts';
import type { Actor, Choice, ChoiceList, FormValues, OnboardForm, SiteRef } from './types.ts';

/** What is kept of a form between its steps. `requestId` is present while a request is being edited. */
export interface FormDraft {
  readonly siteId: string;
  readonly siteName: string;
  readonly option: Option;
  /** By device ID; `form.initial.device` is the one that is meant where the modal has no device block. */
  readonly snapshots: Readonly<Record<string, InputSnapshot>>;
  readonly form: OnboardForm;
  /** The request and the revision that are being edited. */
  readonly edited?: { readonly requestId: string; readonly revision: number };
}

export interface Forms {
  open(
    actor: Actor,
    request: { siteId: string; option: Option; channel: string },
  ): Promise<Result<OnboardForm>>;
  reopen(actor: Actor, requestId: string): Promise<Result<OnboardForm>>;
  check(draftId: string, values: FormValues): Promise<Result<readonly InputProblem[]>>;
  /** Choices of one list of the form whose label contains the text; empty where the draft is gone. */
  choices(draftId: string, list: ChoiceList, query: string, limit: number): Promise<readonly Choice[]>;
  /** The form of a draft with these values in the place of its initial ones; a failure where it is gone or somebody else's. */
  again(actor: Actor, draftId: string, values: FormValues): Promise<Result<OnboardForm>>;
  /** The accepted inputs; a failure where the draft is gone, somebody else's, or the values are not acceptable. */
  inputs(
    actor: Actor,
    draftId: string,
    values: FormValues,
  ): Promise<Result<{ readonly inputs: SiteInputs; readonly draft: FormDraft; readonly channel: string }>>;
}

/** Step 2 of the onboard modal: what it shows, and what was typed into it. */
export function createForms(parts: FlowParts): Forms {
  const { store, clock, settings } = parts;

  async function load(
    actor: Actor,
    what: {
      siteId: string;
      option: Option;
      channel: string;
      edited?: FormDraft['edited'] & object;
      previous?: SiteInputs;
      window?: ChangeWindow;
    },
  ): Promise<Result<OnboardForm>> {
    const [live, networks, reservations, organisation] = await Promise.all([
      readLiveMist(parts, what.siteId),
      attempt(parts.entra.remoteNetworks()),
      store.registry.all(),
      prefixSnapshot(parts),
    ]);
    if (!live.ok) return live;
    const site: SiteRef = { id: live.value.site.id, name: live.value.site.name };
    const devices = await Promise.all(
      live.value.devices.map(async (device) =>
        deviceFacts(live.value, device, await attempt(parts.mist.deviceStats(site.id, device.id))),
      ),
    );
    const [first] = [...devices].toSorted((a, b) => Number(b.isSsr) - Number(a.isSsr));
    if (!first) return failed(noDevice(site.name));
    if (!first.isSsr) return failed(notAnSsr(first));
    const taken = [
      ...reservations
        .filter((r) => r.kind === 'range' && r.requestId !== what.edited?.requestId)
        .map((r) => ({ cidr: r.key, usedBy: r.siteName })),
      // A network of the site's own name is adopted where it matches: its addresses are this site's.
      ...(networks.ok
        ? peeringOf(networks.value.filter((n) => n.name !== remoteNetworkName(site.name)))
        : []),
      ...(organisation.ok ? organisation.value.prefixes : []),
    ];
    const snapshots = Object.fromEntries(
      devices.map((d) => [
        d.device.id,
        snapshotOf(site, live.value.site.latlng, what.option, d, taken, settings.peeringPool),
      ]),
    );
    const draftId = randomUUID();
    const notes = [
      ...(networks.ok
        ? []
        : [`Entra could not be read (${networks.failure.code}): ranges in use there are not known.`]),
      organisation.ok
        ? `Free ranges are checked against ${organisation.value.prefixes.length} known prefix(es) of the organisation's networks and templates, read ${ageOf(parts.clock.now() - organisation.value.at)}.`
        : `The organisation's prefixes could not be read (${organisation.failure.code}): ranges in use there are not known.`,
    ];
    const form = formOf(
      draftId,
      site,
      what.option,
      devices,
      first,
      taken.map((t) => t.cidr),
      parts,
      notes,
      what.previous,
      what.window,
    );
    const draft: FormDraft = {
      siteId: site.id,
      siteName: site.name,
      option: what.option,
      snapshots,
      form,
      ...(what.edited && { edited: what.edited }),
    };
    await store.drafts.put({
      id: draftId,
      user: actor.user,
      teamId: actor.teamId,
      channel: what.channel,
      data: draft as unknown as Json,
      createdAt: clock.now(),
    });
    return ok(form);
  }

  async function read(draftId: string): Promise<Result<{ draft: FormDraft; channel: string; user: string }>> {
    const row = await store.drafts.get(draftId);
    if (!row) return failed(draftGone());
    return ok({ draft: row.data as unknown as FormDraft, channel: row.channel, user: row.user });
  }

  function checked(draft: FormDraft, values: FormValues): ReturnType<typeof checkInputs> {
    const text = values as InputDraft;
    const meant = text.device ?? draft.form.initial['device'];
    const snapshot = typeof meant === 'string' ? draft.snapshots[meant] : undefined;
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
      if (!request || request.state !== 'planned' || request.verb !== 'onboard') return failed(notEditable());
      if (request.requester !== actor.user) return failed(notYours(request.requester));
      const previous = request.inputs as unknown as SiteInputs;
      const window = windowOf(request);
      return load(actor, {
        siteId: request.siteId,
        option: previous.option,
        channel: request.channel,
        edited: { requestId, revision: request.revision },
        previous,
        ...(window && { window }),
      });
    },
    async check(draftId, values) {
      const found = await read(draftId);
      if (!found.ok) return found;
      const answer = checked(found.value.draft, values);
      return ok([...('problems' in answer ? answer.problems : []), ...windowProblems(parts, values)]);
    },
    async choices(draftId, list, query, limit) {
      const found = await read(draftId);
      if (!found.ok) return [];
      const wanted = query.trim().toLowerCase();
      const all = found.value.draft.form[list];
      return all.filter((choice) => choice.label.toLowerCase().includes(wanted)).slice(0, limit);
    },
    async again(actor, draftId, values) {
      const found = await read(draftId);
      if (!found.ok) return found;
      if (found.value.user !== actor.user) return failed(draftGone());
      return ok({ ...found.value.draft.form, initial: values });
    },
    async inputs(actor, draftId, values) {
      const found = await read(draftId);
      if (!found.ok) return found;
      if (found.value.user !== actor.user) return failed(draftGone());
      const answer = checked(found.value.draft, values);
      if ('problems' in answer) return failed(refused(answer.problems));
      return ok({ inputs: answer.inputs, ...found.value });
    },
  };
}

function windowProblems(parts: FlowParts, { window }: FormValues): InputProblem[] {
  const read = readWindow(parts, typeof window === 'string' ? window : undefined);
  return read.ok ? [] : [{ field: 'window', message: read.failure.hint }];
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
