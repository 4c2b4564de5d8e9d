import type { Option, SiteInputs } from '../../../src/design/types.ts';
import { createForms } from '../../../src/flows/form.ts';
import { planChange } from '../../../src/flows/plan/plan-change.ts';
import type { PlannedChange } from '../../../src/flows/plan/types.ts';
import type { Actor, FormValues, OnboardForm, PreflightItem, RequestView } from '../../../src/flows/types.ts';
import type { Result } from '../../../src/base/failure.ts';
import { CHANNEL, type Rig } from './compose-rig.ts';

export const ANNA: Actor = { user: 'U0ANNA0001', teamId: 'T0TEAM00001' };
export const BEN: Actor = { user: 'U0BEN00001', teamId: 'T0TEAM00001' };
export const CARLA: Actor = { user: 'U0CARLA001', teamId: 'T0TEAM00001' };

/** What somebody asks for; `values` replace what the form suggests. */
export interface Wish {
  readonly site?: string;
  readonly option?: Option;
  readonly values?: FormValues;
}

/** The value of a result; throws with the failure where there is none. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.hint}`);
  return result.value;
}

/** The failure of a result; throws where it has a value. */
export function failureOf(result: Result<unknown>): { code: string; hint: string } {
  if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result.value)}`);
  return { code: result.failure.code, hint: result.failure.hint };
}

export async function openForm(rig: Rig, wish: Wish = {}): Promise<OnboardForm> {
  const { site = 'Lyon', option = 'single-wan' } = wish;
  return valueOf(await rig.flows.openForm(ANNA, { siteId: rig.site(site), option, channel: CHANNEL }));
}

/** Anna fills in and sends the form; the ID of the request. */
export async function ask(rig: Rig, wish: Wish = {}): Promise<string> {
  const form = await openForm(rig, wish);
  return send(rig, form, wish.values);
}

export async function send(rig: Rig, form: OnboardForm, values: FormValues = {}): Promise<string> {
  const sent = await rig.flows.submitForm(ANNA, form.draftId, { ...form.initial, ...values });
  return valueOf(sent).requestId;
}

/** Anna asks and Ben approves; the ID of the request. */
export async function askAndApprove(rig: Rig, wish: Wish = {}): Promise<string> {
  const id = await ask(rig, wish);
  const answer = await rig.flows.approve(BEN, id);
  if (answer.kind !== 'accepted') throw new Error(answer.message);
  return id;
}

/** The inputs that a filled form gives, for whoever plans without a request. */
export async function inputsOf(rig: Rig, wish: Wish = {}): Promise<SiteInputs> {
  const form = await openForm(rig, wish);
  const taken = await createForms(rig.parts).inputs(ANNA, form.draftId, { ...form.initial, ...wish.values });
  return valueOf(taken).inputs;
}

export async function plan(rig: Rig, inputs: SiteInputs): Promise<PlannedChange> {
  return valueOf(await planChange(rig.parts, inputs));
}

export async function viewOf(rig: Rig, requestId: string): Promise<RequestView> {
  const view = await rig.flows.cards.view(requestId);
  if (!view) throw new Error(`no request ${requestId}`);
  return view;
}

export function itemOf(preflight: readonly PreflightItem[], id: string): PreflightItem {
  const found = preflight.find((item) => item.id === id);
  if (!found) throw new Error(`no item ${id} among ${preflight.map((i) => i.id).join(', ')}`);
  return found;
}
