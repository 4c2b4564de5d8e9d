import type { ModalView } from '@slack/types';

/** What a submission can be acknowledged with. Source: Slack "Modals", response actions. */
export type SubmissionAnswer =
  | { readonly response_action: 'clear' }
  | { readonly response_action: 'update'; readonly view: ModalView }
  | { readonly response_action: 'errors'; readonly errors: Readonly<Record<string, string>> };

/** Within three seconds, once; later calls do nothing. */
export type SubmissionAck = (answer: SubmissionAnswer) => Promise<void>;
