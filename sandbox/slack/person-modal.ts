import { checkSuggestionAnswer } from '../contracts/slack/answers.ts';
import { describe, isObject, type JsonObject } from '../contracts/slack/check.ts';
import { elementsOf } from '../contracts/slack/surface.ts';
import { clientObjection, enter, initialValue, type FieldInput } from './field-values.ts';
import { addFile, fileJson } from './files.ts';
import { blockSuggestion, viewAction, viewClosed, viewSubmission } from './payloads.ts';
import type { PersonContext } from './person-context.ts';
import { applySubmissionAnswer, type SubmitResult } from './submission.ts';
import type { DeliveryOutcome } from './transport.ts';
import type { OpenView, User } from './world-types.ts';
import { blocksOf, closeAll, closeView } from './views.ts';

/** A file that a person picks in a file field. */
export interface PickedFile {
  name: string;
  content: string | Buffer;
}

interface FieldPlace {
  view: OpenView;
  block: JsonObject;
  element: JsonObject;
  blockId: string;
  actionId: string;
}

/** What a person does in the modal on top of their screen. */
export class PersonModal {
  readonly user: User;
  protected readonly context: PersonContext;

  constructor(context: PersonContext, user: User) {
    this.context = context;
    this.user = user;
  }

  get id(): string {
    return this.user.id;
  }

  /** The modal on top; undefined where none is open. */
  get view(): OpenView | undefined {
    return this.context.world.topView(this.id);
  }

  /** Waits until the modal on top has this callback id. */
  waitForView(callbackId: string, timeoutMs?: number): Promise<OpenView> {
    return this.context.world.waitFor(() => {
      const { view } = this;
      return view?.content['callback_id'] === callbackId ? view : undefined;
    }, timeoutMs);
  }

  /** The element of a field of the modal on top. */
  field(blockId: string, actionId?: string): JsonObject {
    return this.#place(blockId, actionId).element;
  }

  /** The block ids of the modal's input blocks, in order. */
  get fields(): string[] {
    return blocksOf(this.#open())
      .filter((block) => block['type'] === 'input')
      .map((block) => String(block['block_id']));
  }

  /** What stands in a field, as `view.state.values` will carry it. */
  valueOf(blockId: string, actionId?: string): JsonObject {
    const place = this.#place(blockId, actionId);
    return place.view.values[place.blockId]?.[place.actionId] ?? {};
  }

  /** Types into an external select and returns what the app offers; nothing is asked below `min_query_length`. */
  async suggest(blockId: string, query: string, actionId?: string): Promise<JsonObject[]> {
    const { world, deliveries, violations } = this.context;
    const place = this.#place(blockId, actionId);
    if (!/external_select$/.test(String(place.element['type'])))
      throw new Error(`${blockId} is not an external select`);
    const min = place.element['min_query_length'] ?? 3;
    if (query.length < Number(min)) return [];
    const payload = blockSuggestion(world, this.user, place.view, { ...place, query });
    const outcome = await deliveries.send('interactive', payload, true);
    if (outcome.outcome !== 'acked') throw new Error(`no options for ${blockId}: ${outcome.outcome}`);
    const problems = checkSuggestionAnswer(outcome.payload);
    if (problems.length > 0) {
      violations.add('ack', 'block_suggestion', problems.map(describe).join('; '));
      return [];
    }
    const options = offeredIn(outcome.payload);
    place.view.offered.set(`${place.blockId}/${place.actionId}`, options);
    return options;
  }

  /** Enters a value as the field's type allows: option values must be offered, an external select searched first. */
  async fill(blockId: string, input: FieldInput | PickedFile[], actionId?: string): Promise<void> {
    const { world } = this.context;
    const place = this.#place(blockId, actionId);
    const { view, element } = place;
    const value = isFiles(input)
      ? this.#pick(element, input)
      : enter(world, element, input, view.offered.get(`${place.blockId}/${place.actionId}`));
    (view.values[place.blockId] ??= {})[place.actionId] = value;
    const { [place.blockId]: _cleared, ...errors } = view.errors;
    view.errors = errors;
    world.changed();
    if (place.block['type'] !== 'input' || place.block['dispatch_action'] === true) {
      await this.#act(place, value);
    }
  }

  /** Fills several fields by block id. */
  async fillAll(values: Readonly<Record<string, FieldInput | PickedFile[]>>): Promise<void> {
    for (const [blockId, input] of Object.entries(values)) await this.fill(blockId, input);
  }

  /** Clicks a button inside the modal. */
  clickInModal(actionId: string, blockId?: string): Promise<DeliveryOutcome> {
    const view = this.#open();
    for (const block of blocksOf(view)) {
      if (blockId !== undefined && block['block_id'] !== blockId) continue;
      const found = elementsOf(block).find(({ element }) => element['action_id'] === actionId);
      if (!found || found.element['type'] !== 'button') continue;
      const { text, value, url, style } = found.element;
      const place = { view, block, element: found.element, blockId: String(block['block_id']), actionId };
      return this.#act(place, JSON.parse(JSON.stringify({ type: 'button', text, value, url, style })));
    }
    throw new Error(`no button ${actionId} in this modal`);
  }

  /** Presses submit. The client checks what a client checks; the rest is the app's answer. */
  async submit(): Promise<SubmitResult> {
    const { world, deliveries, triggers, violations } = this.context;
    const view = this.#open();
    if (view.content['submit'] === undefined) throw new Error('this modal has no submit button');
    const errors = this.#objections(view);
    if (Object.keys(errors).length > 0) return { result: 'incomplete', errors };
    const payload = viewSubmission(world, this.user, view, triggers.issue(this.id, view.id));
    const outcome = await deliveries.send('interactive', payload, true);
    if (outcome.outcome !== 'acked') return { result: outcome.outcome };
    return applySubmissionAnswer(world, violations, view, outcome.payload);
  }

  /** Presses the close button: back to the modal below, or everything where `clear_on_close` is set. */
  async close(): Promise<DeliveryOutcome | undefined> {
    const view = this.#open();
    if (view.content['clear_on_close'] === true) return this.dismiss();
    closeView(this.context.world, view);
    return this.#tellClosed(view, false);
  }

  /** Presses the X: all modals go. */
  async dismiss(): Promise<DeliveryOutcome | undefined> {
    const view = this.#open();
    closeAll(this.context.world, this.id);
    return this.#tellClosed(view, true);
  }

  async #tellClosed(view: OpenView, isCleared: boolean): Promise<DeliveryOutcome | undefined> {
    if (view.content['notify_on_close'] !== true) return undefined;
    return this.context.deliveries.send(
      'interactive',
      viewClosed(this.context.world, this.user, view, isCleared),
      false,
    );
  }

  #open(): OpenView {
    const { view } = this;
    if (!view) throw new Error(`${this.id} has no modal open`);
    return view;
  }

  #place(blockId: string, actionId?: string): FieldPlace {
    const view = this.#open();
    const block = blocksOf(view).find((entry) => entry['block_id'] === blockId);
    if (!block) {
      const there = blocksOf(view).map((entry) => String(entry['block_id']));
      throw new Error(`this modal has no block ${blockId}; it has ${there.join(', ')}`);
    }
    const fields = elementsOf(block).filter(({ element }) => initialValue(element) !== undefined);
    const named =
      actionId === undefined ? fields : fields.filter(({ element }) => element['action_id'] === actionId);
    const [found] = named;
    if (!found || named.length > 1)
      throw new Error(`${blockId} has ${named.length} fields ${actionId ?? ''}`);
    return { view, block, element: found.element, blockId, actionId: String(found.element['action_id']) };
  }

  #pick(element: JsonObject, picked: PickedFile[]): JsonObject {
    const { world, origin } = this.context;
    if (element['type'] !== 'file_input') throw new Error('files go into a file field');
    const { max_files: max = 10, filetypes } = element;
    if (picked.length > Number(max)) throw new Error(`at most ${String(max)} files`);
    const files = picked.map(({ name, content }) => {
      const type = name.split('.').at(-1);
      if (Array.isArray(filetypes) && !filetypes.includes(type))
        throw new Error(`${name} is not of an accepted type`);
      const bytes = Buffer.from(content);
      const file = addFile(world, { name, owner: this.id, length: bytes.length, content: bytes });
      return fileJson(world, origin, file);
    });
    return { type: 'file_input', files };
  }

  #objections(view: OpenView): Record<string, string> {
    const errors: Record<string, string> = {};
    for (const block of blocksOf(view)) {
      const { type, element } = block;
      if (type !== 'input' || !isObject(element)) continue;
      const blockId = String(block['block_id']);
      const value = view.values[blockId]?.[String(element['action_id'])];
      const objection = value && clientObjection(element, value, block['optional'] === true);
      if (objection !== undefined) errors[blockId] = objection;
    }
    return errors;
  }

  #act(place: FieldPlace, value: JsonObject): Promise<DeliveryOutcome> {
    const { world, deliveries, triggers } = this.context;
    const action = { action_id: place.actionId, block_id: place.blockId, ...value };
    const payload = viewAction(world, this.user, place.view, action, triggers.issue(this.id, place.view.id));
    return deliveries.send('interactive', payload, false);
  }
}

function isFiles(input: FieldInput | PickedFile[]): input is PickedFile[] {
  return Array.isArray(input) && input.length > 0 && isObject(input[0]);
}

function offeredIn(answer: JsonObject): JsonObject[] {
  const { options, option_groups: groups } = answer;
  const nested = Array.isArray(groups) ? groups.filter(isObject).flatMap((group) => group['options']) : [];
  return [...(Array.isArray(options) ? options : []), ...nested].filter(isObject);
}
