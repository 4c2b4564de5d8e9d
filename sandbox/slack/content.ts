import { isObject, type JsonObject, type Problem } from '../contracts/slack/check.ts';
import { checkBlocks, MAX_MESSAGE_TEXT, textLength } from '../contracts/slack/surface.ts';
import { checkView, MAX_VIEW_BYTES } from '../contracts/slack/view.ts';
import { ApiError, contentError, notTakenHere } from './api-error.ts';
import type { SlackWorld } from './world.ts';

const MAX_TEXT = 40_000;
const MAX_MARKDOWN_TEXT = 12_000;

/** What chat methods, response URLs and command acknowledgements can say. */
export interface ContentInput {
  text?: string;
  markdown_text?: string;
  blocks?: unknown;
  attachments?: unknown;
  metadata?: unknown;
}

export interface CheckedContent {
  text: string;
  /** Undefined where the caller said nothing about blocks. */
  blocks?: JsonObject[];
  attachments?: JsonObject[];
  metadata?: JsonObject;
}

/** Checks a message's content as Slack does and gives every block an id; throws {@link ApiError}. */
export function checkContent(world: SlackWorld, input: ContentInput): CheckedContent {
  const { text = '', markdown_text: markdown } = input;
  const blocks = input.blocks === undefined ? undefined : checkMessageBlocks(world, input.blocks, '/blocks');
  const attachments =
    input.attachments === undefined ? undefined : checkAttachments(world, input.attachments);
  if (markdown !== undefined && (text !== '' || blocks)) throw new ApiError('markdown_text_conflict');
  if (text.length > MAX_TEXT || (markdown?.length ?? 0) > MAX_MARKDOWN_TEXT)
    throw new ApiError('msg_too_long');
  return {
    text: markdown ?? text,
    ...(blocks && { blocks }),
    ...(attachments && { attachments }),
    ...(input.metadata !== undefined && { metadata: checkMetadata(input.metadata) }),
  };
}

/** Whether there is anything to show. */
export function isEmpty(content: CheckedContent): boolean {
  return content.text === '' && !content.blocks?.length && !content.attachments?.length;
}

function checkMessageBlocks(world: SlackWorld, value: unknown, pointer: string): JsonObject[] {
  if (!Array.isArray(value)) throw new ApiError('invalid_blocks_format');
  const problems = [...checkBlocks(value, 'message', pointer), ...missingFiles(world, value, pointer)];
  if (problems.length > 0) throw contentError('invalid_blocks', problems);
  const foreign = value.flatMap((block, i): Problem[] => {
    const type = isObject(block) ? String(block['type']) : '';
    if (!world.refusedBlocks.has(type)) return [];
    return [{ pointer: `${pointer}/${i}/type`, message: `unsupported type: ${type}` }];
  });
  if (foreign.length > 0) throw notTakenHere(foreign);
  if (textLength(value) > MAX_MESSAGE_TEXT) throw new ApiError('msg_blocks_too_long');
  return withBlockIds(world, value.filter(isObject));
}

function checkAttachments(world: SlackWorld, value: unknown): JsonObject[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw new ApiError('invalid_attachments');
  if (value.length > 100) throw new ApiError('too_many_attachments');
  return value.map((attachment, index) => {
    const { blocks } = attachment;
    if (blocks === undefined) return attachment;
    return { ...attachment, blocks: checkMessageBlocks(world, blocks, `/attachments/${index}/blocks`) };
  });
}

function checkMetadata(value: unknown): JsonObject {
  const known =
    isObject(value) && typeof value['event_type'] === 'string' && isObject(value['event_payload']);
  if (!known || Object.keys(value).some((key) => key !== 'event_type' && key !== 'event_payload')) {
    throw new ApiError('invalid_metadata_format');
  }
  return value;
}

/** Checks a view as Slack does and gives every block an id; throws {@link ApiError}. */
export function checkViewContent(world: SlackWorld, view: unknown, kind: 'modal' | 'home'): JsonObject {
  const problems = checkView(view, kind);
  if (!isObject(view) || problems.length > 0) throw contentError('invalid_arguments', problems);
  if (Buffer.byteLength(JSON.stringify(view)) > MAX_VIEW_BYTES) throw new ApiError('view_too_large');
  const blocks = Array.isArray(view['blocks']) ? view['blocks'] : [];
  const missing = missingFiles(world, blocks, '/view/blocks');
  if (missing.length > 0) throw contentError('invalid_arguments', missing);
  return { ...view, blocks: withBlockIds(world, blocks.filter(isObject)) };
}

function withBlockIds(world: SlackWorld, blocks: JsonObject[]): JsonObject[] {
  return blocks.map((block) => {
    const { type, ...rest } = structuredClone(block);
    return withActionIds(world, { type, block_id: world.ids.blockId(), ...rest });
  });
}

function withActionIds(world: SlackWorld, block: JsonObject): JsonObject {
  const name = (value: unknown): void => {
    if (!isObject(value) || !INTERACTIVE.test(String(value['type']))) return;
    value['action_id'] ??= world.ids.blockId();
  };
  name(block['element']);
  name(block['accessory']);
  if (block['type'] === 'actions' && Array.isArray(block['elements'])) block['elements'].forEach(name);
  return block;
}

const INTERACTIVE = /button|select|picker|checkboxes|overflow|input/;

/** `slack_file` must name an image whose upload is complete. */
function missingFiles(world: SlackWorld, value: unknown, pointer: string): Problem[] {
  if (Array.isArray(value)) return value.flatMap((entry, i) => missingFiles(world, entry, `${pointer}/${i}`));
  if (!isObject(value)) return [];
  const own: Problem[] = [];
  const file = value['slack_file'];
  if (isObject(file) && typeof file['id'] === 'string') {
    const known = world.files.get(file['id']);
    if (!known?.complete || !known.mimetype.startsWith('image/')) {
      own.push({ pointer: `${pointer}/slack_file`, message: 'invalid slack file' });
    }
  }
  return own.concat(
    Object.entries(value).flatMap(([key, entry]) => missingFiles(world, entry, `${pointer}/${key}`)),
  );
}
