import type { App } from '@slack/bolt';
import { createBoundary, type Boundary } from './boundary.ts';
import type { CommandDeps } from './deps.ts';
import { diagnoseAgain } from './diagnose/command.ts';
import { runCommand } from './dispatch.ts';
import * as onboard from './onboard/buttons.ts';
import { onboardOptions } from './onboard/options.ts';
import { linksSubmitted, rejectSubmitted, siteSubmitted } from './onboard/submissions.ts';
import { tell } from './answer.ts';
import {
  readClick,
  readCommand,
  readSubmission,
  readSuggestion,
  type Click,
  type Submission,
} from './payload.ts';
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

/** Every modal that can be submitted, by callback ID. */
export const MODALS: Readonly<
  Record<string, (deps: CommandDeps, submission: Submission, ack: SubmissionAck) => Promise<void>>
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
        await runCommand(deps, readCommand(body));
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
        if (handle) await handle(deps, click);
        else if (click.actionId.startsWith('sse_')) {
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
        if (handle) await handle(deps, submission, acked);
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
