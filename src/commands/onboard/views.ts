import type { ModalView } from '@slack/types';
import type { Option } from '../../design/types.ts';
import type { Choice, SiteRef } from '../../flows/types.ts';
import { escapeSentence } from '../../integrations/slack/escape.ts';
import { LIMITS } from '../../integrations/slack/limits.ts';
import { mrkdwn, paragraph, plain } from '../cards/blocks.ts';
import { writeMetadata } from '../payload.ts';
import { radioField, searchField, textField } from './elements.ts';

const OPTION_LABELS: Record<Option, string> = {
  'single-wan': 'One WAN link',
  'single-wan-zone-redundant': 'One WAN link, two Microsoft zones',
  'dual-wan': 'Two WAN links',
  'dual-wan-zone-redundant': 'Two WAN links, two Microsoft zones',
};

const OPTION_CHOICES: readonly Choice[] = Object.entries(OPTION_LABELS).map(([value, label]) => ({
  value,
  label,
}));

export const CONNECT_TITLE = 'Connect a site';

/** Step 1: which site, and how redundant. */
export function siteView(channel: string, site?: SiteRef): ModalView {
  return {
    type: 'modal',
    callback_id: 'sse_onboard_site',
    private_metadata: writeMetadata({ channel }),
    title: title(CONNECT_TITLE),
    submit: title('Next'),
    close: title('Close'),
    blocks: [
      searchField(
        { blockId: 'site', label: 'Site', hint: 'Sites of the Mist organisation.' },
        'Search by name',
        site && { value: site.id, label: site.name },
      ),
      radioField(
        {
          blockId: 'option',
          label: 'Redundancy',
          hint: 'Whether the site has one router or an HA pair is read from Mist.',
        },
        OPTION_CHOICES,
        'single-wan',
      ),
    ],
  };
}

/** Shown at once while something is read: Slack waits three seconds, the vendors may need longer. */
export function loadingView(text: string, heading = CONNECT_TITLE): ModalView {
  return noteView({ callback_id: 'sse_loading', title: title(heading), blocks: [paragraph(text)] });
}

/** What a modal that had to wait has come to. */
export function readyView(text: string): ModalView {
  return noteView({ callback_id: 'sse_ready', title: title(CONNECT_TITLE), blocks: [paragraph(text)] });
}

/** Why there is no form, and what to do. Sentences of the bot's own, in which people are mentioned. */
export function problemView(text: string): ModalView {
  return noteView({
    callback_id: 'sse_problem',
    title: title('This cannot go on'),
    blocks: [mrkdwn(escapeSentence(text))],
  });
}

/** A modal that only says something. */
function noteView(view: Pick<ModalView, 'callback_id' | 'title' | 'blocks'>): ModalView {
  return { type: 'modal', close: title('Close'), ...view };
}

export const REJECT_TITLE = 'Reject the plan';

/** Why a plan is rejected. */
export function rejectView(requestId: string, site: string, channel: string | undefined): ModalView {
  return {
    type: 'modal',
    callback_id: 'sse_reject',
    private_metadata: writeMetadata({ request: requestId, ...(channel && { channel }) }),
    title: title(REJECT_TITLE),
    submit: title('Reject'),
    close: title('Close'),
    blocks: [
      paragraph(`The plan for ${site} will be closed. Nothing is changed on either side.`),
      textField(
        { blockId: 'reason', label: 'Reason', hint: 'Shown on the card and kept with the request.' },
        undefined,
        undefined,
        true,
      ),
    ],
  };
}

export function title(text: string) {
  return plain(text, LIMITS.viewTitle);
}
