import type { SiteDiagnosis } from '../../flows/diagnose/site-diagnosis.ts';
import { chunkText } from '../../integrations/slack/limits.ts';
import { escapeMrkdwn } from '../../integrations/slack/escape.ts';
import { isUnreachable } from '../../integrations/slack/errors.ts';
import type { MessageRef } from '../../integrations/slack/send.ts';
import { isAllowed, tell, tellFailure, tellRefusal } from '../answer.ts';
import type { Card } from '../cards/blocks.ts';
import { diagnosisCard } from '../cards/diagnosis-card.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import type { Click, CommandCall } from '../payload.ts';
import { isOpaqueId } from '../opaque-id.ts';
import { noSite } from '../status/buttons.ts';
import { privately } from '../status/command.ts';

/** `/sse diagnose <site>`: why it does not work, as a card in the channel; what does not fit follows in its thread. */
export async function diagnoseCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const verdict = await deps.access.may('anyone', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'diagnose'))) return;
  const name = siteArgument(args);
  if (name === undefined) return tell(deps, call, 'Say which site: /sse diagnose Lyon.');
  const site = await deps.flows.findSite(name);
  if (!site.ok) return tellFailure(deps, call, site.failure);
  const found = await deps.flows.diagnose(site.value.id);
  if (!found.ok) return tellFailure(deps, call, found.failure);
  await postDiagnosis(deps, call, found.value);
}

async function postDiagnosis(deps: CommandDeps, call: CommandCall, found: SiteDiagnosis): Promise<void> {
  const card = diagnosisCard(found);
  try {
    const at = await deps.send.post({ channel: call.channel }, card);
    await addRest(deps, at, card);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    await tell(deps, call, privately(card));
  }
}

async function addRest(deps: CommandDeps, { channel, ts }: MessageRef, { details }: Card): Promise<void> {
  for (const text of chunkText(details.join('\n\n'))) {
    await deps.send.post({ channel, threadTs: ts }, { text: escapeMrkdwn(text) });
  }
}

/** The button of a diagnosis: reads everything again and draws the same message anew. */
export async function diagnoseAgain(deps: CommandDeps, click: Click): Promise<void> {
  const verdict = await deps.access.may('anyone', click.actor);
  if (!(await isAllowed(deps, verdict, click, 'sse_diagnose_again'))) return;
  if (!isOpaqueId(click.value)) return tellRefusal(deps, click, noSite('sse_diagnose_again'));
  const found = await deps.flows.diagnose(click.value);
  if (!found.ok) return tellFailure(deps, click, found.failure);
  const card = diagnosisCard(found.value);
  const { channel, messageTs: ts, responseUrl } = click;
  if (click.isEphemeral && responseUrl) return deps.send.respond(responseUrl, privately(card), true);
  if (channel === undefined || ts === undefined) return tell(deps, click, privately(card));
  await deps.send.update({ channel, ts }, card);
  await addRest(deps, { channel, ts }, card);
}
