import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { Action } from '../control/actions.ts';

const Values = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const People = '(anna|ben|carla|stranger)';
/** A text that must occur, or `/…/` for a regular expression. */
const Pattern = z.string();

/** What one line of a story may say; see docs/guides/write-a-story.md. */
const Line = z
  .record(z.string(), z.unknown())
  .refine((line) => Object.keys(line).length === 1, 'one thing per line')
  .transform((line, context) => {
    const [key = '', value] = Object.entries(line)[0] ?? [];
    const step = toStep(key, value);
    if (step) return step;
    context.addIssue({ code: 'custom', message: `no story can say "${key}: ${JSON.stringify(value)}"` });
    return z.NEVER;
  });

export type Step =
  | { kind: 'types'; who: string; line: string }
  | { kind: 'fills'; who: string; values: Readonly<Record<string, string | readonly string[]>> }
  | { kind: 'submits'; who: string; errors?: Readonly<Record<string, string>> }
  | { kind: 'clicks'; who: string; action: string }
  | { kind: 'told'; who: string; text: string }
  | { kind: 'sees'; who: string; text: string }
  | { kind: 'closes'; who: string }
  | { kind: 'card'; text: string }
  | { kind: 'shows'; text: string }
  | { kind: 'thread'; text: string }
  | { kind: 'status'; text: string }
  | { kind: 'break'; action: z.infer<typeof Action> }
  | { kind: 'entra'; expected: unknown }
  | { kind: 'mist'; expected: unknown }
  | { kind: 'restart'; signal: 'SIGKILL' | 'SIGTERM' };

function toStep(key: string, value: unknown): Step | undefined {
  const [, who = '', verb] =
    new RegExp(`^${People} (types|fills|submits|clicks|is told|sees|closes)$`).exec(key) ?? [];
  switch (verb ?? key) {
    case 'types':
      return { kind: 'types', who, line: z.string().parse(value) };
    case 'fills':
      return { kind: 'fills', who, values: Values.parse(value) };
    case 'submits': {
      const errors = z.object({ errors: z.record(z.string(), Pattern) }).safeParse(value);
      return { kind: 'submits', who, ...(errors.success && { errors: errors.data.errors }) };
    }
    case 'clicks':
      return { kind: 'clicks', who, action: z.string().parse(value) };
    case 'is told':
      return { kind: 'told', who, text: Pattern.parse(value) };
    case 'sees':
      return { kind: 'sees', who, text: Pattern.parse(value) };
    case 'closes':
      return { kind: 'closes', who };
    case 'card says':
      return { kind: 'card', text: Pattern.parse(value) };
    case 'card shows':
      return { kind: 'shows', text: Pattern.parse(value) };
    case 'thread says':
      return { kind: 'thread', text: Pattern.parse(value) };
    case 'channel says':
      return { kind: 'status', text: Pattern.parse(value) };
    case 'world':
      return { kind: 'break', action: Action.parse(value) };
    case 'entra has':
      return { kind: 'entra', expected: value };
    case 'mist has':
      return { kind: 'mist', expected: value };
    case 'bot is killed':
      return { kind: 'restart', signal: 'SIGKILL' };
    case 'bot is restarted':
      return { kind: 'restart', signal: 'SIGTERM' };
    default:
      return undefined;
  }
}

const StoryFile = z.strictObject({
  title: z.string(),
  /** `--demo=<option>` plays the story that names this option and `demo: true`. */
  option: z.string().optional(),
  demo: z.boolean().default(false),
  /** Added to the bot's environment. */
  env: z.record(z.string(), z.string()).default({}),
  steps: z.array(Line).min(1),
});

/** A story as its file tells it. */
export type Story = z.infer<typeof StoryFile>;

/** Reads a story file; throws with the line that cannot be understood. */
export function readStory(file: string): Story {
  return StoryFile.parse(parse(readFileSync(file, 'utf8')));
}

/** Whether `text` matches a story's pattern: `/…/` as a regular expression, everything else as a part. */
export function matches(pattern: string, text: string): boolean {
  const expression = /^\/(.*)\/([a-z]*)$/s.exec(pattern);
  return expression ? new RegExp(expression[1] ?? '', expression[2]).test(text) : text.includes(pattern);
}
