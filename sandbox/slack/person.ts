import { isObject, type JsonObject } from '../contracts/slack/check.ts';
import { elementsOf } from '../contracts/slack/surface.ts';
import { ApiError } from './api-error.ts';
import { checkContent, isEmpty } from './content.ts';
import { enter, type FieldInput } from './field-values.ts';
import { post, tell } from './messages.ts';
import { eventCallback, messageAction, slashCommand, viewAction } from './payloads.ts';
import type { PersonContext } from './person-context.ts';
import { PersonModal } from './person-modal.ts';
import type { DeliveryOutcome } from './transport.ts';
import { blocksOf, viewJson } from './views.ts';
import type { Channel, Ephemeral, Message, MessageVersion, OpenView, User } from './world-types.ts';

export interface ClickOptions {
  /** Which of several buttons with the same action id. */
  value?: string;
  /** Where ts alone is not enough. */
  channel?: string;
}

/** What a message said at some time, with what the payload must say about it. */
interface Clickable {
  ts: string;
  channel: string;
  threadTs?: string;
  blocks: JsonObject[];
  message?: { message: Message; version: MessageVersion | Message };
}

/** A person at a Slack client: types commands, sees what is there for them, and can do only what a client lets them. */
export class SlackPerson extends PersonModal {
  constructor(context: PersonContext, user: User) {
    super(context, user);
  }

  /** What this person was told in private, oldest first. */
  get ephemerals(): Ephemeral[] {
    return this.context.world.ephemeralsFor(this.id);
  }

  /** Types `/sse …` in a channel or the direct conversation; resolves when the app acknowledged or the time was over. */
  async command(channelId: string, line: string): Promise<DeliveryOutcome> {
    const { world, deliveries, triggers, responseUrls, commands, origin } = this.context;
    const channel = this.#channel(channelId);
    const [, command = '', text = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
    if (!commands.includes(command)) throw new Error(`${command} is not a command of this workspace`);
    const responseUrl = origin + responseUrls.issue({ user: this.id, channel: channel.id });
    const payload = slashCommand(world, {
      user: this.user,
      channel,
      command,
      text: text.trim(),
      responseUrl,
      triggerId: triggers.issue(this.id),
    });
    const outcome = await deliveries.send('slash_commands', payload, true);
    if (outcome.outcome === 'acked') this.#show(channel, outcome.payload);
    return outcome;
  }

  /** Clicks a button that the message has now; a confirm dialog is accepted. */
  click(ts: string, actionId: string, options: ClickOptions = {}): Promise<DeliveryOutcome> {
    const [seen] = this.#versions(ts, options).slice(-1);
    const found = seen && this.#find(seen, actionId, options);
    if (!seen || !found) throw new Error(`message ${ts} has no ${actionId} ${options.value ?? ''}`);
    return this.#act(seen, found.block, found.element, clicked(found.element));
  }

  /** Clicks a button that an older version of the message had, as a client that lags behind can. */
  clickStale(ts: string, actionId: string, options: ClickOptions = {}): Promise<DeliveryOutcome> {
    const older = this.#versions(ts, options).slice(0, -1).reverse();
    for (const seen of older) {
      const found = this.#find(seen, actionId, options);
      if (found) return this.#act(seen, found.block, found.element, clicked(found.element));
    }
    throw new Error(`message ${ts} never had ${actionId} ${options.value ?? ''} before`);
  }

  /** Picks from a menu, overflow, radio or check field in a message. */
  choose(
    ts: string,
    actionId: string,
    input: FieldInput,
    options: ClickOptions = {},
  ): Promise<DeliveryOutcome> {
    const [seen] = this.#versions(ts, options).slice(-1);
    const found = seen && this.#find(seen, actionId, {});
    if (!seen || !found) throw new Error(`message ${ts} has no ${actionId}`);
    const { element } = found;
    const asMenu = element['type'] === 'overflow' ? { ...element, type: 'static_select' } : element;
    const value = enter(this.context.world, asMenu, input, undefined);
    return this.#act(seen, found.block, element, { ...value, type: element['type'] });
  }

  /** Whether a message shows this button now. */
  canClick(ts: string, actionId: string, options: ClickOptions = {}): boolean {
    const [seen] = this.#versions(ts, options).slice(-1);
    return seen !== undefined && this.#find(seen, actionId, options) !== undefined;
  }

  /** Opens the app's home tab. */
  openHome(): Promise<DeliveryOutcome> {
    const { world, deliveries } = this.context;
    const home = world.homes.get(this.id);
    const event = {
      type: 'app_home_opened',
      user: this.id,
      channel: world.directChannel(this.id).id,
      tab: 'home',
      ...(home && { view: viewJson(world, home, true) }),
    };
    return deliveries.send('events_api', eventCallback(world, event), false);
  }

  /** Clicks a button of the home tab. */
  clickInHome(actionId: string, value?: string): Promise<DeliveryOutcome> {
    const { world, deliveries, triggers } = this.context;
    const { home } = this;
    if (!home) throw new Error('no home was published');
    const all = blocksOf(home).flatMap((block) =>
      elementsOf(block).map(({ element }) => ({ block, element })),
    );
    const found = all.find(
      ({ element }) =>
        element['action_id'] === actionId && (value === undefined || element['value'] === value),
    );
    if (!found) throw new Error(`the home has no ${actionId} ${value ?? ''}`);
    const { block, element } = found;
    const action = { action_id: actionId, block_id: block['block_id'], ...clicked(element) };
    const payload = viewAction(world, this.user, home, action, triggers.issue(this.id));
    return deliveries.send('interactive', payload, false);
  }

  /** The home tab as it was published last. */
  get home(): OpenView | undefined {
    return this.context.world.homes.get(this.id);
  }

  /** Writes a message; the app is not subscribed to it. */
  say(channelId: string, text: string): Message {
    const channel = this.#channel(channelId);
    return post(this.context.world, channel.id, { text }, { author: this.id });
  }

  #channel(id: string): Channel {
    const { world } = this.context;
    const channel = world.channels.get(id);
    if (!channel?.members.has(this.id)) throw new Error(`${this.id} is not in ${id}`);
    return channel;
  }

  #show(channel: Channel, payload: JsonObject): void {
    const { world, violations } = this.context;
    if (Object.keys(payload).length === 0) return;
    try {
      const content = checkContent(world, payload);
      if (isEmpty(content)) throw new ApiError('no_text');
      if (payload['response_type'] === 'in_channel') post(world, channel.id, content);
      else tell(world, { channel: channel.id, user: this.id }, content);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      violations.add('ack', 'slash_commands', `${error.code} ${JSON.stringify(error.extra)}`);
    }
  }

  #versions(ts: string, { channel }: ClickOptions): Clickable[] {
    const { world } = this.context;
    const message = world.messages.find(
      (m) => m.ts === ts && (channel === undefined || m.channel === channel),
    );
    if (message) {
      this.#channel(message.channel);
      const { threadTs, channel: id, deleted } = message;
      const seen = message.versions.map((version) => ({
        ts,
        channel: id,
        blocks: version.blocks,
        message: { message, version },
        ...(threadTs !== undefined && { threadTs }),
      }));
      return deleted ? [...seen, { ts, channel: id, blocks: [] }] : seen;
    }
    const ephemeral = world.ephemerals.find((e) => e.ts === ts && e.user === this.id);
    if (!ephemeral) throw new Error(`${this.id} sees no message ${ts}`);
    const seen = ephemeral.versions.map(({ blocks }) => ({ ts, channel: ephemeral.channel, blocks }));
    return ephemeral.removed ? [...seen, { ts, channel: ephemeral.channel, blocks: [] }] : seen;
  }

  #find(
    seen: Clickable,
    actionId: string,
    { value }: ClickOptions,
  ): { block: JsonObject; element: JsonObject } | undefined {
    const all = seen.blocks.flatMap((block) => elementsOf(block).map(({ element }) => ({ block, element })));
    const named = all.filter(({ element }) => element['action_id'] === actionId);
    const matching = value === undefined ? named : named.filter(({ element }) => element['value'] === value);
    if (matching.length > 1) throw new Error(`several ${actionId}; say which value`);
    return matching[0];
  }

  #act(seen: Clickable, block: JsonObject, element: JsonObject, value: JsonObject): Promise<DeliveryOutcome> {
    const { world, deliveries, triggers, responseUrls, origin } = this.context;
    const { ts, message, threadTs } = seen;
    const channel = this.#channel(seen.channel);
    const action = { action_id: element['action_id'], block_id: block['block_id'], ...value };
    const payload = messageAction(world, {
      user: this.user,
      channel,
      ts,
      action,
      responseUrl: origin + responseUrls.issue({ user: this.id, channel: channel.id, ts }),
      triggerId: triggers.issue(this.id),
      ...(message && { message }),
      ...(threadTs !== undefined && { threadTs }),
    });
    return deliveries.send('interactive', payload, false);
  }
}

/** The properties of a button that go into its action. */
export function clicked(element: JsonObject): JsonObject {
  const { type, text, value, url, style, confirm } = element;
  if (type !== 'button') throw new Error(`${String(type)} is not a button`);
  const optional = { value, url, style, confirm };
  const present = Object.entries(optional).filter(([, held]) => held !== undefined);
  return { text: isObject(text) ? { emoji: true, ...text } : text, ...Object.fromEntries(present), type };
}
