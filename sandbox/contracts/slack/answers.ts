import {
  isObject,
  list,
  object,
  oneOf,
  optional,
  required,
  string,
  type Check,
  type JsonObject,
  type Problem,
} from './check.ts';
import { menuOption, optionGroup } from './composition.ts';
import { checkView } from './view.ts';

/** What an app may answer to envelopes, as on docs.slack.dev, surfaces/modals and block-elements/select-menu-element. */

const modalView: Check = (value, pointer, out) => {
  out.push(...checkView(value, 'modal', pointer));
};

const submission: Record<string, Check> = {
  errors: object({ response_action: required(oneOf('errors')), errors: required(errorMap) }),
  update: object({ response_action: required(oneOf('update')), view: required(modalView) }),
  push: object({ response_action: required(oneOf('push')), view: required(modalView) }),
  clear: object({ response_action: required(oneOf('clear')) }),
};

function errorMap(value: unknown, pointer: string, out: Problem[]): void {
  if (!isObject(value) || Object.keys(value).length === 0) {
    out.push({ pointer, message: 'must map block ids to messages' });
    return;
  }
  for (const [key, text] of Object.entries(value)) string(3000)(text, `${pointer}/${key}`, out);
}

/** The answer to `view_submission`: empty, or one of the four response actions; error keys must name input blocks of `view`. */
export function checkSubmissionAnswer(answer: JsonObject, view: JsonObject): Problem[] {
  if (Object.keys(answer).length === 0) return [];
  const out: Problem[] = [];
  const { response_action: action } = answer;
  const check =
    typeof action === 'string' && Object.hasOwn(submission, action) ? submission[action] : undefined;
  if (!check)
    return [{ pointer: '/response_action', message: `unsupported response_action: ${String(action)}` }];
  check(answer, '', out);
  if (action === 'errors' && isObject(answer['errors'])) {
    const inputs = inputBlockIds(view);
    for (const key of Object.keys(answer['errors'])) {
      if (!inputs.has(key))
        out.push({
          pointer: `/errors/${key}`,
          message: 'is not the block_id of an input block of this view',
        });
    }
  }
  return out;
}

function inputBlockIds(view: JsonObject): Set<unknown> {
  const blocks = Array.isArray(view['blocks']) ? view['blocks'].filter(isObject) : [];
  return new Set(blocks.filter((block) => block['type'] === 'input').map((block) => block['block_id']));
}

const suggestions = object(
  {
    options: optional(list(menuOption, { max: 100 })),
    option_groups: optional(list(optionGroup, { max: 100 })),
  },
  (value, pointer, out) => {
    if ((value['options'] === undefined) === (value['option_groups'] === undefined)) {
      out.push({ pointer, message: 'must provide exactly one of `options` and `option_groups`' });
    }
  },
);

/** The answer to `block_suggestion`: at most 100 options or groups. */
export function checkSuggestionAnswer(answer: unknown): Problem[] {
  const out: Problem[] = [];
  suggestions(answer, '', out);
  return out;
}

const socketAck = object({ envelope_id: required(string(255)), payload: optional(byPayload) });

function byPayload(value: unknown, pointer: string, out: Problem[]): void {
  if (!isObject(value)) out.push({ pointer, message: 'must provide an object' });
}

/** What {@link checkSocketAck} found nothing wrong with. */
export interface SocketAck {
  envelope_id: string;
  payload?: JsonObject;
}

/** A Socket Mode acknowledgement. */
export function checkSocketAck(message: unknown): Problem[] {
  const out: Problem[] = [];
  socketAck(message, '', out);
  return out;
}
