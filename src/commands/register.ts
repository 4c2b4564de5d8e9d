import type { App } from '@slack/bolt';
import { noteRefusal, tell } from './answer.ts';
import { createBoundary, type Boundary } from './boundary.ts';
import { deliveryKey } from './delivery-key.ts';
import type { CommandDeps } from './deps.ts';
import { diagnoseAgain } from './diagnose/command.ts';
import { runCommand } from './dispatch.ts';
import { sendEvidence, turnHistory } from './history/buttons.ts';
import * as onboard from './onboard/buttons.ts';
import { onboardOptions } from './onboard/options.ts';
import { linksSubmitted } from './onboard/links-submitted.ts';
import { rejectSubmitted, siteSubmitted } from './onboard/submissions.ts';
import {
  readClick,
  readCommand,
  readSubmission,
  readSuggestion,
  type Click,
  type Submission,
} from './payload.ts';
import type { Actor } from '../flows/types.ts';
import { removeOrphan } from './orphans/buttons.ts';
import { refresh, refreshFleet, turnFleet } from './status/buttons.ts';
import type { SubmissionAck } from './submission-ack.ts';

/** Every button, by action ID. */
export const BUTTONS: Readonly<Record<string, (deps: CommandDeps, click: Click) => Promise<void>>> = {
  sse_approve: onboard.approve,
  sse_accept: onboard.accept,
  sse_reject: onboard.reject,
  sse_edit: onboard.edit,
  sse_cancel: onboard.cancel,
  sse_retry: onboard.retry,
  sse_rollback: onboard.rollBack,
  sse_keep: onboard.keep,
  sse_orphan_remove: removeOrphan,
  sse_history_newer: turnHistory,
  sse_history_older: turnHistory,
  sse_evidence: sendEvidence,
  sse_refresh: refresh,
  sse_fleet_all: turnFleet,
  sse_fleet_trouble: turnFleet,
  sse_fleet_down: turnFleet,
  sse_fleet_unknown: turnFleet,
  sse_fleet_previous: turnFleet,
  sse_fleet_next: turnFleet,
  sse_fleet_refresh: refreshFleet,
  sse_diagnose_again: diagnoseAgain,
};

/** Buttons that only read: the same click may be carried out twice. */
const READING: ReadonlySet<string> = new Set([
  'sse_refresh',
  'sse_fleet_all',
  'sse_fleet_trouble',
  'sse_fleet_down',
  'sse_fleet_unknown',
  'sse_fleet_previous',
  'sse_fleet_next',
  'sse_fleet_refresh',
  'sse_diagnose_again',
  'sse_history_newer',
  'sse_history_older',
]);

/** Every modal that can be submitted, by callback ID. Each asks `isFirst` between its acknowledgement and whatever changes something. */
export const MODALS: Readonly<
  Record<
    string,
    (
      deps: CommandDeps,
      submission: Submission,
      ack: SubmissionAck,
      isFirst: () => Promise<boolean>,
    ) => Promise<void>
  >
> = {
  sse_onboard_site: siteSubmitted,
  sse_onboard_links: linksSubmitted,
  sse_reject: rejectSubmitted,
};

/** Hangs everything into the app: acknowledge, read the payload, hand over. Returns what a clean stop waits for. */
export function registerCommands(app: App, deps: CommandDeps): Boundary {
  const boundary = createBoundary(deps);
  app.error(boundary.onError);

  app.command('/sse', ({ ack, body }) =>
    boundary.run(
      'command',
      () => ack(),
      async (acked) => {
        await acked();
        const call = readCommand(body);
        await deps.flows.commandTyped(call.actor, call);
        await runCommand(deps, call, onlyOnce(deps, body, call.actor, 'command'));
      },
    ),
  );

  app.action(/.*/, ({ ack, body }) =>
    boundary.run(
      'action',
      () => ack(),
      async (acked) => {
        await acked();
        const click = readClick(body);
        const handle = Object.hasOwn(BUTTONS, click.actionId) ? BUTTONS[click.actionId] : undefined;
        if (handle) {
          const isFirst = onlyOnce(deps, body, click.actor, click.actionId);
          if (READING.has(click.actionId) || (await isFirst())) await handle(deps, click);
        } else if (click.actionId.startsWith('sse_')) {
          noteRefusal(deps, click.actor, click.actionId.slice(0, 80), 'unknown button');
          await tell(deps, click, 'This version of the bot does not know that button. Nothing was changed.');
        }
      },
    ),
  );

  app.view(/.*/, ({ ack, body }) =>
    boundary.run(
      'view',
      (answer?: Parameters<SubmissionAck>[0]) => ack(answer as never),
      async (acked) => {
        const submission = readSubmission(body);
        const { callbackId } = submission;
        const handle = Object.hasOwn(MODALS, callbackId) ? MODALS[callbackId] : undefined;
        const isFirst = onlyOnce(deps, body, submission.actor, callbackId);
        if (handle) await handle(deps, submission, acked, isFirst);
        else await acked();
      },
    ),
  );

  app.options(/.*/, ({ ack, body }) =>
    boundary.run(
      'options',
      (answer?: Parameters<typeof ack>[0]) => ack(answer ?? { options: [] }),
      async (acked) => {
        const options = await onboardOptions(deps, readSuggestion(body));
        await acked({ options: [...options] });
      },
    ),
  );
  return boundary;
}

/**
 * Whether this delivery is carried out: a row says whether it has been, here or by another process, before or after a restart. A
 * repetition is dropped and noted; whoever did it got his answer the first time.
 */
function onlyOnce(deps: CommandDeps, body: unknown, actor: Actor, what: string): () => Promise<boolean> {
  return async () => {
    if (await deps.flows.firstDelivery(deliveryKey(body))) return true;
    noteRefusal(deps, actor, what, 'repeated');
    return false;
  };
}
