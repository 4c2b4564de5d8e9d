import type { ModalView } from '@slack/types';

/** What a submission can be acknowledged with. Source: Slack "Modals", response actions. */
export type SubmissionAnswer =
  | { readonly response_action: 'clear' }
  | { readonly response_action: 'update'; readonly view: ModalView }
  | { readonly response_action: 'errors'; readonly errors: Readonly<Record<string, string>> };

/**
 * So long an acknowledgement that carries an answer, or the opening of a modal, waits for what that answer depends on, in ms. Slack
 * waits three seconds for both ("Acknowledging requests", "Trigger IDs"), ways included.
 */
export const ACK_WAIT_MS = 1_500;

/** Within three seconds, once; later calls do nothing. */
export type SubmissionAck = (answer: SubmissionAnswer) => Promise<void>;
