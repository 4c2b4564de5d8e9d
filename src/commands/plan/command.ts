import type { RequestView } from '../../flows/types.ts';
import { isUnreachable } from '../../integrations/slack/errors.ts';
import type { MessageRef } from '../../integrations/slack/send.ts';
import { isAllowed, tell, tellFailure } from '../answer.ts';
import { planFileName } from '../cards/request-name.ts';
import { storedPlanCard } from '../cards/stored-plan-card.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';
import { privately } from '../status/command.ts';

/** `/sse plan <request>`: the stored plan again as a card without buttons, and as JSON in its thread. Reads rows alone. */
export async function planCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const verdict = await deps.access.may('anyone', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'plan'))) return;
  const typed = siteArgument(args);
  if (typed === undefined) return tell(deps, call, WHICH);
  const plan = await deps.flows.storedPlan(typed);
  if (!plan.ok) return tellFailure(deps, call, plan.failure);
  const view = await deps.flows.cards.view(plan.value.requestId);
  if (view === undefined) return tell(deps, call, WHICH);
  const at = await postCard(deps, call, view);
  if (at) await addFile(deps, call, at, view, plan.value.file);
}

const WHICH =
  'Which plan? Type /sse plan with the request ID from the bottom of its card, or with the name of its site.';
const NO_FILE = 'The plan is in the channel, but Slack did not take its JSON file. Ask again in a minute.';

/** Where it stands; undefined where only the asker can see it. */
async function postCard(
  deps: CommandDeps,
  call: CommandCall,
  view: RequestView,
): Promise<MessageRef | undefined> {
  const card = storedPlanCard(view, call.actor.user);
  try {
    return await deps.send.post({ channel: call.channel }, card);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    await tell(deps, call, privately(card));
    return undefined;
  }
}

async function addFile(
  deps: CommandDeps,
  call: CommandCall,
  at: MessageRef,
  view: RequestView,
  plan: unknown,
): Promise<void> {
  const name = planFileName(view, 'json');
  const content = Buffer.from(`${JSON.stringify(plan, null, 2)}\n`);
  const to = { channel: at.channel, threadTs: at.ts, comment: `The whole plan, for machines: ${name}` };
  try {
    await deps.send.upload({ name, title: name, content }, to);
  } catch (err) {
    deps.log.warn({ err, requestId: view.id }, 'the JSON of a plan could not be uploaded');
    await tell(deps, call, NO_FILE);
  }
}
