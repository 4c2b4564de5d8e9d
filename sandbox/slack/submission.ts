import { checkSubmissionAnswer } from '../contracts/slack/answers.ts';
import { describe, isObject, type JsonObject } from '../contracts/slack/check.ts';
import { ApiError } from './api-error.ts';
import { checkViewContent } from './content.ts';
import type { ViolationLog } from './violations.ts';
import { closeAll, closeView, pushView, updateView } from './views.ts';
import type { SlackWorld } from './world.ts';
import type { OpenView } from './world-types.ts';

/** What a person sees after pressing submit. */
export type SubmitResult =
  | { result: 'closed' }
  /** The whole stack went away. */
  | { result: 'cleared' }
  /** The bot's messages, by block id. */
  | { result: 'errors'; errors: Record<string, string> }
  | { result: 'updated'; view: OpenView }
  | { result: 'pushed'; view: OpenView }
  /** The client did not send the form: a required field is empty or a value is impossible. */
  | { result: 'incomplete'; errors: Record<string, string> }
  /** The answer broke the contract; the client shows a general error and the modal stays. */
  | { result: 'broken'; detail: string }
  | { result: 'operation_timeout' }
  | { result: 'dispatch_failed' };

/** Carries out the app's answer to a submission of `view`. */
export function applySubmissionAnswer(
  world: SlackWorld,
  violations: ViolationLog,
  view: OpenView,
  answer: JsonObject,
): SubmitResult {
  const problems = checkSubmissionAnswer(answer, view.content);
  if (problems.length > 0) return broken(violations, problems.map(describe).join('; '));
  try {
    return apply(world, view, answer);
  } catch (error) {
    if (error instanceof ApiError) return broken(violations, `${error.code} ${JSON.stringify(error.extra)}`);
    throw error;
  }
}

function broken(violations: ViolationLog, detail: string): SubmitResult {
  violations.add('ack', 'view_submission', detail);
  return { result: 'broken', detail };
}

function apply(world: SlackWorld, view: OpenView, answer: JsonObject): SubmitResult {
  switch (answer['response_action']) {
    case 'errors': {
      const errors = isObject(answer['errors']) ? answer['errors'] : {};
      view.errors = Object.fromEntries(Object.entries(errors).map(([key, text]) => [key, String(text)]));
      world.changed();
      return { result: 'errors', errors: view.errors };
    }
    case 'update':
      updateView(world, view, checkViewContent(world, answer['view'], 'modal'));
      return { result: 'updated', view };
    case 'push':
      return {
        result: 'pushed',
        view: pushView(world, view.user, checkViewContent(world, answer['view'], 'modal')),
      };
    case 'clear':
      closeAll(world, view.user);
      return { result: 'cleared' };
    default:
      closeView(world, view);
      return { result: 'closed' };
  }
}
