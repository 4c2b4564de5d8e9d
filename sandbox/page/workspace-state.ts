import type { SlackSim } from '../slack/slack-sim.ts';
import type { Channel, Ephemeral, Message, OpenView, SlackFile } from '../slack/world-types.ts';
import { blocksOf } from '../slack/views.ts';
import type { SlackWorld } from '../slack/world.ts';
import { drawBlocks, fileUrl, namesOf } from './drawing.ts';
import { parseMrkdwn, plainOf, type Names } from './mrkdwn.ts';
import type {
  CommandHint,
  Conversation,
  Entry,
  FileState,
  ModalState,
  PersonOption,
  WorkspaceState,
} from './page-types.ts';

/** Older messages are not shown: the page is told everything anew at each change. */
const SHOWN_MESSAGES = 150;

/** Pictures that a browser draws and that cannot carry scripts. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif'];

/** Everything that this person sees now, and nothing that only others see. */
export function workspaceState(
  slack: SlackSim,
  who: string,
  commands: readonly CommandHint[],
): WorkspaceState {
  const { world } = slack;
  const names = namesOf(world);
  const view = world.topView(who);
  return {
    who,
    people: people(world),
    conversations: [...world.channels.values()]
      .filter((channel) => channel.members.has(who))
      .map((channel) => conversation(world, channel, who, names)),
    modal: view ? modal(view, names) : null,
    home: homeOf(slack, who, names),
    commands: withHelp(commands, world.ephemeralsFor(who)),
    violations: slack.violations.map((violation) => JSON.stringify(violation)),
  };
}

function homeOf(slack: SlackSim, who: string, names: Names): WorkspaceState['home'] {
  const { home } = slack.person(who);
  return home ? drawBlocks(blocksOf(home), names) : null;
}

/**
 * The manifest's usages, and those that the app's own help has told this person since: lines that begin with the command as code, such as
 * `/sse status [site]`. What the manifest has already, the help only refines.
 */
function withHelp(commands: readonly CommandHint[], told: readonly Ephemeral[]): CommandHint[] {
  return commands.map((hint) => {
    const lines = told
      .flatMap(({ text, blocks }) => [text, ...blocks.map(textOfSection)])
      .flatMap((text) => text.split('\n'))
      .map((line) => unescapeMrkdwn(line.trim()));
    const learned = lines.flatMap((line) => {
      const [, code] = /^`([^`]+)`/.exec(line) ?? [];
      return code?.startsWith(`${hint.command} `) ? [code.slice(hint.command.length + 1).trim()] : [];
    });
    const verb = (usage: string): string => usage.split(' ')[0] ?? '';
    const newest = new Map(learned.map((usage) => [verb(usage), usage]));
    const refined = hint.usages.map((usage) => newest.get(verb(usage)) ?? usage);
    const known = new Set(hint.usages.map(verb));
    const more = [...newest.values()].filter((usage) => !known.has(verb(usage)));
    return { ...hint, usages: [...refined, ...more] };
  });
}

function textOfSection(block: Readonly<Record<string, unknown>>): string {
  const { text } = (block['text'] ?? {}) as { text?: unknown };
  return block['type'] === 'section' && typeof text === 'string' ? text : '';
}

function unescapeMrkdwn(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The people whom one can act as. */
export function people(world: SlackWorld): PersonOption[] {
  return [...world.users.values()]
    .filter((user) => !user.isBot && !user.deleted)
    .map(({ id, name, realName, teamId }) => ({
      id,
      name,
      label: teamId === world.team.id ? realName : `${realName} (another company)`,
    }));
}

function conversation(world: SlackWorld, channel: Channel, who: string, names: Names): Conversation {
  const seen = world.ephemeralsFor(who).filter((told) => told.channel === channel.id);
  const timeline = world.timeline(channel.id).slice(-SHOWN_MESSAGES);
  const entries = [
    ...timeline.map((message) => {
      const replies = [
        ...world.thread(channel.id, message.ts).map((reply) => messageEntry(world, reply, names)),
        ...seen
          .filter((told) => told.threadTs === message.ts)
          .map((told) => privateEntry(world, told, names)),
      ];
      return { ...messageEntry(world, message, names), replies: replies.toSorted(byTs) };
    }),
    ...seen.filter((told) => told.threadTs === undefined).map((told) => privateEntry(world, told, names)),
  ];
  return {
    id: channel.id,
    name: channel.kind === 'im' ? world.bot.name : channel.name,
    isDirect: channel.kind === 'im',
    entries: entries.toSorted(byTs),
  };
}

function byTs(a: Entry, b: Entry): number {
  return a.ts < b.ts ? -1 : Number(a.ts > b.ts);
}

function messageEntry(world: SlackWorld, message: Message, names: Names): Entry {
  const author = world.users.get(message.user);
  return {
    ...entry(world, message, names),
    author: author?.realName ?? message.user,
    isApp: author?.isBot ?? true,
    edited: message.edited,
    files: message.files.flatMap((id) => {
      const file = world.files.get(id);
      return file ? [fileState(file)] : [];
    }),
  };
}

function privateEntry(world: SlackWorld, told: Ephemeral, names: Names): Entry {
  return { ...entry(world, told, names), isPrivate: true };
}

function entry(world: SlackWorld, content: Message | Ephemeral, names: Names): Entry {
  const nodes = parseMrkdwn(content.text, names);
  // Attachments are the old way of formatting: the page names them and does not draw them.
  const attachments = content.attachments.map(() => ({ type: 'attachment' }));
  return {
    ts: content.ts,
    author: world.bot.name,
    isApp: true,
    at: Math.floor(Number(content.ts) * 1000),
    edited: false,
    isPrivate: false,
    fallback: plainOf(nodes),
    nodes,
    blocks: [...drawBlocks(content.blocks, names), ...attachments],
    files: [],
    replies: [],
  };
}

function fileState(file: SlackFile): FileState {
  return {
    id: file.id,
    name: file.name,
    bytes: file.content?.length ?? 0,
    alt: file.altText ?? file.title,
    isImage: isPicture(file),
    url: fileUrl(file.id),
  };
}

/** Whether the page may draw a file instead of offering it for download. */
export function isPicture(file: SlackFile): boolean {
  return PICTURES.includes(file.mimetype) && file.content !== undefined;
}

function modal(view: OpenView, names: Names): ModalState {
  const { title, submit, close } = view.content;
  const submitText = textOf(submit);
  return {
    id: view.id,
    hash: view.hash,
    title: textOf(title) ?? '',
    ...(submitText !== undefined && { submit: submitText }),
    close: textOf(close) ?? 'Cancel',
    blocks: drawBlocks(blocksOf(view), names),
    values: view.values,
    errors: view.errors,
  };
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('text' in value)) return undefined;
  return typeof value.text === 'string' ? value.text : undefined;
}
