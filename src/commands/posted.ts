import type { Posted } from '../flows/types.ts';
import { tell, tellFailure, type Whereabouts } from './answer.ts';
import type { CommandDeps } from './deps.ts';

/** Answers whoever asked for a plan: where its card is, or why there is none. */
export async function answerPosted(
  deps: CommandDeps,
  to: Whereabouts,
  posted: Posted,
  done: string,
): Promise<void> {
  if (!posted.ok) return tellFailure(deps, to, posted.failure);
  const where = posted.value.channel === to.channel ? 'here' : `in <#${posted.value.channel}>`;
  await tell(deps, to, { text: `${done} Its card is ${where}.` });
}
