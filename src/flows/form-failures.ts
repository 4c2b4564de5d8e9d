import type { Failure } from '../base/failure.ts';
import type { InputProblem } from '../design/types.ts';
import type { DeviceFacts } from './live/device-facts.ts';

/** Why a form cannot be opened or taken; each hint says what to do. */
const problem = (code: string, hint: string): Failure => ({ code, message: code, hint, retryable: false });

export const noDevice = (site: string): Failure =>
  problem('flow.no_device', `${site} has no WAN Edge in Mist. Assign one, then ask again.`);
export const notAnSsr = (facts: DeviceFacts): Failure =>
  problem(
    'flow.not_an_ssr',
    `${facts.device.name} is a ${facts.model}. Only Session Smart Routers take these connectors as designed; nothing was changed.`,
  );
export const draftGone = (): Failure =>
  problem('flow.draft_gone', 'This form is too old. Open it again with `/sse onboard`.');
export const notEditable = (): Failure =>
  problem('flow.not_editable', 'Only a plan that waits for a decision can be edited.');
export const notYours = (requester: string): Failure =>
  problem('flow.not_yours', `Only the requester (<@${requester}>) can edit this plan.`);
export const requestOpen = (site: string, requester: string): Failure =>
  problem(
    'flow.request_open',
    `A request for ${site} by <@${requester}> is open. Decide on that card first.`,
  );
export const alreadyConnected = (site: string): Failure =>
  problem(
    'flow.already_connected',
    `${site} is connected already. \`/sse status ${site}\` shows how it is doing.`,
  );

export function refused(problems: readonly InputProblem[]): Failure {
  return problem('flow.inputs_refused', problems.map((p) => `${p.field}: ${p.message}`).join(' '));
}
