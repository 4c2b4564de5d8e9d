import { z } from 'zod';
import { Action, applyAction } from '../control/actions.ts';
import type { SlackPerson } from '../slack/person.ts';
import type { DeliveryOutcome } from '../slack/transport.ts';
import type { World } from '../world.ts';
import { drawBlocks, namesOf } from './drawing.ts';
import type { Drawn } from './page-types.ts';

/** What a field takes: an option's value, a list of them, text, or files; null empties it. */
const Value = z.union([
  z.string(),
  z.null(),
  z.array(z.string()),
  z.array(z.strictObject({ name: z.string().min(1), base64: z.base64() })),
]);
const Fields = z.array(z.strictObject({ blockId: z.string(), actionId: z.string(), value: Value }));
const Modal = { who: z.string(), viewId: z.string(), hash: z.string() };

const BODIES = {
  say: z.strictObject({ who: z.string(), channel: z.string(), line: z.string().min(1) }),
  click: z.strictObject({
    who: z.string(),
    channel: z.string(),
    ts: z.string(),
    actionId: z.string(),
    value: z.string().optional(),
  }),
  choose: z.strictObject({
    who: z.string(),
    channel: z.string(),
    ts: z.string(),
    actionId: z.string(),
    value: z.union([z.string(), z.null(), z.array(z.string())]),
  }),
  home: z.strictObject({ who: z.string() }),
  homeclick: z.strictObject({ who: z.string(), actionId: z.string(), value: z.string().optional() }),
  press: z.strictObject({ ...Modal, actionId: z.string(), blockId: z.string() }),
  suggest: z.strictObject({ ...Modal, blockId: z.string(), actionId: z.string(), query: z.string() }),
  fill: z.strictObject({ ...Modal, fields: Fields }),
  submit: z.strictObject({ ...Modal, fields: Fields }),
  close: z.strictObject({ ...Modal, all: z.boolean() }),
  control: Action,
};

type Bodies = { readonly [K in keyof typeof BODIES]: z.infer<(typeof BODIES)[K]> };

/** What an action came to. `outcome` is `done`, `errors` or `incomplete` for a form, or Slack's word for what went wrong. */
export interface ActionAnswer {
  readonly outcome: string;
  /** Field errors that the client itself holds against a form, by block id. */
  readonly errors?: Readonly<Record<string, string>>;
  readonly options?: readonly Drawn[];
}

/** A body that says something impossible; `status` 400 for its shape, 404 for an unknown action. */
export class BadAction extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}

const HANDLERS: { readonly [K in keyof Bodies]: (world: World, body: Bodies[K]) => Promise<ActionAnswer> } = {
  async say(world, { who, channel, line }) {
    const person = world.slack.person(who);
    if (line.startsWith('/')) return outcomeOf(await person.command(channel, line));
    person.say(channel, line);
    return { outcome: 'done' };
  },
  async click(world, { who, channel, ts, actionId, value }) {
    const options = { channel, ...(value !== undefined && { value }) };
    return outcomeOf(await world.slack.person(who).click(ts, actionId, options));
  },
  async choose(world, { who, channel, ts, actionId, value }) {
    return outcomeOf(await world.slack.person(who).choose(ts, actionId, value, { channel }));
  },
  async home(world, { who }) {
    return outcomeOf(await world.slack.person(who).openHome());
  },
  async homeclick(world, { who, actionId, value }) {
    return outcomeOf(await world.slack.person(who).clickInHome(actionId, value));
  },
  async press(world, body) {
    return outcomeOf(await looking(world, body).clickInModal(body.actionId, body.blockId));
  },
  async suggest(world, body) {
    const options = await looking(world, body).suggest(body.blockId, body.query, body.actionId);
    return { outcome: 'done', options: drawBlocks(options, namesOf(world.slack.world)) };
  },
  async fill(world, body) {
    await fillAll(looking(world, body), body.fields);
    return { outcome: 'done' };
  },
  async submit(world, body) {
    const person = looking(world, body);
    await fillAll(person, body.fields);
    const answer = await person.submit();
    switch (answer.result) {
      case 'incomplete':
        return { outcome: 'incomplete', errors: answer.errors };
      case 'broken':
      case 'operation_timeout':
      case 'dispatch_failed':
        return { outcome: answer.result };
      case 'errors':
        return { outcome: 'errors' };
      default:
        return { outcome: 'done' };
    }
  },
  async close(world, body) {
    const person = looking(world, body);
    await (body.all ? person.dismiss() : person.close());
    return { outcome: 'done' };
  },
  control(world, body) {
    applyAction(world, body);
    return Promise.resolve({ outcome: 'done' });
  },
};

/**
 * Does what a person asked for at the page. Throws {@link BadAction} where the body cannot be read, and what
 * {@link SlackPerson} throws where Slack's client would not let the person do it.
 */
export function act(world: World, name: string, body: unknown): Promise<ActionAnswer> {
  if (!Object.hasOwn(BODIES, name)) throw new BadAction(404, `nobody can ${name}`);
  return run(world, name as keyof Bodies, body);
}

function run<K extends keyof Bodies>(world: World, name: K, body: unknown): Promise<ActionAnswer> {
  const read = BODIES[name].safeParse(body);
  if (read.success) return HANDLERS[name](world, read.data as Bodies[K]);
  throw new BadAction(400, read.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
}

/** The person, who must still look at the modal that the page showed. */
function looking(world: World, seen: { who: string; viewId: string; hash: string }): SlackPerson {
  const person = world.slack.person(seen.who);
  if (person.view?.id !== seen.viewId || person.view.hash !== seen.hash)
    throw new Error('this form is no longer open');
  return person;
}

async function fillAll(person: SlackPerson, fields: z.infer<typeof Fields>): Promise<void> {
  for (const { blockId, actionId, value } of fields) {
    const input = Array.isArray(value)
      ? value.map((item) => (typeof item === 'string' ? item : pickedFile(item)))
      : value;
    await person.fill(blockId, input as Parameters<SlackPerson['fill']>[1], actionId);
  }
}

function pickedFile(file: { name: string; base64: string }): { name: string; content: Buffer } {
  return { name: file.name, content: Buffer.from(file.base64, 'base64') };
}

function outcomeOf(outcome: DeliveryOutcome): ActionAnswer {
  return { outcome: outcome.outcome === 'acked' ? 'done' : outcome.outcome };
}
