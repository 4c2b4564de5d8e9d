import { escapeMrkdwn } from '../../integrations/slack/escape.ts';
import { tell, tellRefusal } from '../answer.ts';
import { header, mrkdwn, type Card } from '../cards/blocks.ts';
import type { CommandDeps } from '../deps.ts';
import type { CommandCall } from '../payload.ts';
import { VERB_HELP, VERBS, type Verb } from '../verbs.ts';

/** What was typed where no command is called so, and the one that was probably meant. */
export interface Mistyped {
  readonly word: string;
  readonly nearest?: Verb;
}

/** What somebody may run, and nothing else, with an opening line where he mistyped something. For his eyes only. */
export async function helpCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
  mistyped?: Mistyped,
): Promise<void> {
  const asked = VERBS.find((verb) => verb === args[0]?.toLowerCase());
  const allowed: Verb[] = [];
  let isUnsure = false;
  for (const verb of VERBS) {
    const verdict = await deps.access.may(VERB_HELP[verb].role, call.actor);
    if (verdict.allowed) allowed.push(verb);
    else if (VERB_HELP[verb].role === 'anyone') {
      const { reason: why, message } = verdict;
      return tellRefusal(deps, call, { what: 'help', why, message });
    } else isUnsure ||= verdict.reason === 'unknown';
  }
  const shown = asked === undefined ? allowed : allowed.filter((verb) => verb === asked);
  const opening = [mistyped && openingOf(mistyped, allowed), isUnsure && UNSURE].filter(Boolean).join(' ');
  await tell(
    deps,
    call,
    helpCard(shown.length > 0 ? shown : allowed, asked !== undefined, opening === '' ? undefined : opening),
  );
}

const UNSURE =
  'Slack did not say what you may do, so commands that change something are left out; ask again in a minute.';

function openingOf({ word, nearest }: Mistyped, allowed: readonly Verb[]): string {
  const meant = nearest && allowed.includes(nearest) ? ` Did you mean /sse ${nearest}?` : '';
  return `There is no command "${word}".${meant}`;
}

/** Help as a message. */
export function helpCard(verbs: readonly Verb[], withExamples: boolean, opening?: string): Card {
  const lines = verbs.map((verb) => {
    const { usage, does, examples } = VERB_HELP[verb];
    const shown = withExamples ? `\n${examples.map((one) => `    \`${one}\``).join('\n')}` : '';
    return `\`/sse ${usage}\` – ${does}${shown}`;
  });
  const start = opening === undefined ? [] : [mrkdwn(escapeMrkdwn(opening))];
  const names = verbs.map((verb) => `/sse ${verb}`).join(', ');
  const first = opening === undefined ? '' : `${escapeMrkdwn(opening)} `;
  return {
    text: `${first}Commands that you can run: ${names}`,
    blocks: [...start, header('Commands that you can run'), mrkdwn(lines.join('\n'))],
    details: [],
  };
}
