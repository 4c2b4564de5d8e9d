import type { Log } from '../../base/log.ts';
import type { RequestView } from '../../flows/types.ts';
import { escapeMrkdwn } from '../../integrations/slack/escape.ts';
import { chunkText } from '../../integrations/slack/limits.ts';
import type { MessageRef, SlackSend } from '../../integrations/slack/send.ts';
import { planFileName } from './request-name.ts';

/**
 * Puts what did not fit on a plan's card into its thread: as one file, or as messages where Slack does not take the file. Never throws:
 * the card stands already, and its row says that it is done.
 */
export async function addOverflow(
  parts: { readonly send: SlackSend; readonly log: Log },
  at: MessageRef,
  view: RequestView,
  details: readonly string[],
): Promise<void> {
  if (details.length === 0) return;
  const { send, log } = parts;
  const name = planFileName(view, 'txt');
  const content = Buffer.from(`${details.join('\n\n')}\n`);
  const to = { channel: at.channel, threadTs: at.ts, comment: `What did not fit on the card: ${name}` };
  try {
    await send.upload({ name, title: name, content }, to);
  } catch (err) {
    log.warn(
      { err, requestId: view.id },
      'the rest of a plan goes into the thread as messages, not as a file',
    );
    for (const text of details.flatMap((one) => chunkText(escapeMrkdwn(one)))) {
      try {
        await send.post({ channel: at.channel, threadTs: at.ts }, { text });
      } catch (error) {
        log.warn({ err: error }, 'note not added to the thread');
      }
    }
  }
}
