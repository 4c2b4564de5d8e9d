import { routesCsv, type RouteReport } from '../../flows/routes/route-report.ts';
import { isUnreachable, SlackError } from '../../integrations/slack/errors.ts';
import type { MessageRef } from '../../integrations/slack/send.ts';
import { isAllowed, tell, tellFailure } from '../answer.ts';
import { routesCard } from '../cards/routes-card.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';
import { drawSvg } from '../pictures/draw.ts';
import { prefixChart, prefixChartText } from '../pictures/prefix-chart.ts';
import { postCard } from '../post-card.ts';
import { privately } from '../status/command.ts';

/** `/sse routes <site>`: a card with the sums, and in its thread the whole list as a file and the lengths as a picture. */
export async function routesCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const verdict = await deps.access.may('anyone', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'routes'))) return;
  const name = siteArgument(args);
  if (name === undefined) return tell(deps, call, 'Say which site: /sse routes Lyon.');
  const site = await deps.flows.findSite(name);
  if (!site.ok) return tellFailure(deps, call, site.failure);
  const report = await deps.flows.routes(site.value.id);
  if (!report.ok) return tellFailure(deps, call, report.failure);
  const card = routesCard(report.value);
  try {
    const ref = await postCard(deps, { channel: call.channel }, card);
    await attach(deps, ref, report.value);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    await tell(deps, call, privately(card));
  }
}

/** The card stands without its files: what goes wrong with them is said in the thread and does not take the card back. */
async function attach(deps: CommandDeps, { channel, ts }: MessageRef, report: RouteReport): Promise<void> {
  const to = { channel, threadTs: ts };
  const stem = `routes-${report.site.name.replace(/[^\w-]+/g, '_')}`;
  try {
    const content = Buffer.from(routesCsv(report), 'utf8');
    await deps.send.upload(
      { name: `${stem}.csv`, title: `Learned routes of ${report.site.name}`, content },
      to,
    );
    if (report.byLength.length === 0) return;
    const picture = await drawSvg(prefixChart(report));
    const altText = prefixChartText(report);
    await deps.send.upload(
      { name: `${stem}.png`, title: 'Prefixes by length', content: picture, altText },
      to,
    );
  } catch (error) {
    deps.log.warn({ err: error }, 'the files of a routes card could not be attached');
    const why = error instanceof SlackError ? error.hint : 'A file could not be made.';
    await deps.send.post(to, { text: `The list could not be attached. ${why}` });
  }
}
