import type { ModalView } from '@slack/types';
import { inTime } from '../../base/in-time.ts';
import type { Actor, DecisionAnswer, Flows, RequestView } from '../../flows/types.ts';
import { escapeSentence } from '../../integrations/slack/escape.ts';
import type { Verdict } from '../access.ts';
import { readApprovalValue } from '../cards/approval-value.ts';
import { failureText, isAllowed, noteRefusal, tell, tellRefusal } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import type { Click } from '../payload.ts';
import { ACK_WAIT_MS } from '../submission-ack.ts';
import { linksView } from './links-view.ts';
import { refusedView, replaceLoading } from './loading.ts';
import { loadingView, problemView, REJECT_TITLE, rejectView } from './views.ts';

const UNKNOWN = 'This bot does not know the request behind this button (any more).';

type Decision = (flows: Flows, actor: Actor, requestId: string, revision?: number) => Promise<DecisionAnswer>;

/** A button that decides something at once: who may, what it does, and the answer to whoever clicked. */
function decisionButton(who: 'approver' | 'requester or approver', decide: Decision) {
  return async (deps: CommandDeps, click: Click): Promise<void> => {
    const { actor, actionId, value } = click;
    const { requestId, revision } = readApprovalValue(value);
    const requester = await deps.flows.requester(requestId);
    const verdict =
      who === 'approver'
        ? await deps.access.may('approver', actor)
        : await deps.access.mayAlso([requester], 'approver', actor);
    if (!(await isAllowed(deps, verdict, click, actionId, requestId))) return;
    if (requester === undefined) return tellUnknown(deps, click);
    const answer = await decide(deps.flows, actor, requestId, revision);
    await tell(deps, click, { text: escapeSentence(answer.message) });
  };
}

/** A button whose request does not exist: forged, or older than the database. */
function tellUnknown(deps: CommandDeps, click: Click): Promise<void> {
  return tellRefusal(deps, click, { what: click.actionId, why: 'unknown request', message: UNKNOWN });
}

export const approve = decisionButton('approver', (flows, actor, id, revision) =>
  flows.approve(actor, id, revision),
);
export const accept = decisionButton('approver', (flows, actor, id, revision) =>
  flows.accept(actor, id, revision),
);
export const cancel = decisionButton('requester or approver', (flows, actor, id) => flows.cancel(actor, id));
export const retry = decisionButton('requester or approver', (flows, actor, id) => flows.retry(actor, id));
export const rollBack = decisionButton('requester or approver', (flows, actor, id) =>
  flows.rollBack(actor, id),
);
export const keep = decisionButton('requester or approver', (flows, actor, id) => flows.keep(actor, id));

/** Reject: asks for the reason in a modal, unless there is nothing left to reject. The trigger does not wait for who somebody is. */
export async function reject(deps: CommandDeps, click: Click): Promise<void> {
  const { actor, value: requestId, triggerId } = click;
  const asking = Promise.all([deps.access.may('approver', actor), deps.flows.cards.view(requestId)]);
  const known = await inTime(asking, ACK_WAIT_MS);
  if (known === undefined) {
    const viewId = await deps.send.openView(triggerId, loadingView('Checking who you are…', REJECT_TITLE));
    return replaceLoading(deps, viewId, async () => {
      const answer = rejection(deps, click, ...(await asking));
      return typeof answer === 'string' ? problemView(answer) : answer;
    });
  }
  const answer = rejection(deps, click, ...known);
  if (typeof answer === 'string') await tell(deps, click, answer);
  else await deps.send.openView(triggerId, answer);
}

/** The modal that asks for the reason, or why there is none; a refusal is noted. */
function rejection(
  deps: CommandDeps,
  { actor, actionId, value: requestId, channel }: Click,
  verdict: Verdict,
  view: RequestView | undefined,
): ModalView | string {
  if (!verdict.allowed) {
    noteRefusal(deps, actor, actionId, verdict.reason, requestId);
    return verdict.message;
  }
  if (view === undefined) {
    noteRefusal(deps, actor, actionId, 'unknown request');
    return UNKNOWN;
  }
  return view.state === 'Plan' ? rejectView(requestId, view.site.name, channel) : alreadyDecided(view);
}

function alreadyDecided(view: RequestView): string {
  return `This plan is no longer open: it is "${view.state}" now. Nothing was changed by this click.`;
}

/** Edit: step 2 again with what the request holds. The loading view comes first, for the trigger's sake. */
export async function edit(deps: CommandDeps, click: Click): Promise<void> {
  const { actor, value: requestId, triggerId, channel = '' } = click;
  const viewId = await deps.send.openView(triggerId, loadingView('Reading both sides again…'));
  await replaceLoading(deps, viewId, async () => {
    const [verdict, requester] = await Promise.all([
      deps.access.may('operator', actor),
      deps.flows.requester(requestId),
    ]);
    if (!verdict.allowed) return refusedView(deps, actor, verdict, 'sse_edit', requestId);
    if (requester === undefined) {
      noteRefusal(deps, actor, 'sse_edit', 'unknown request');
      return problemView(UNKNOWN);
    }
    const form = await deps.flows.reopenForm(actor, requestId);
    if (form.ok) return linksView(form.value, channel);
    noteRefusal(deps, actor, 'sse_edit', form.failure.code, requestId);
    return problemView(failureText(form.failure));
  });
}
