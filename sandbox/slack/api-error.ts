import { describe, type Problem } from '../contracts/slack/check.ts';

/** A refusal in Slack's form: HTTP 200, `ok: false`, an error code and, for contents, messages with JSON pointers. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly extra: Record<string, unknown>;

  constructor(code: string, extra: Record<string, unknown> = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** Contents that keep to the contract, of a type that this workspace does not take: no mistake of the app, which must cope with it. */
export class NotTakenHere extends ApiError {}

/** A refusal that lists what is wrong with the contents. */
export function contentError(code: string, problems: readonly Problem[]): ApiError {
  return new ApiError(code, described(problems));
}

/** The same refusal for blocks whose type this workspace does not take. */
export function notTakenHere(problems: readonly Problem[]): NotTakenHere {
  return new NotTakenHere('invalid_blocks', described(problems));
}

function described(problems: readonly Problem[]): Record<string, unknown> {
  const messages = problems.map(describe);
  const errors = messages.map((line) => line.replace(/^\[ERROR\] /, ''));
  return { errors, response_metadata: { messages } };
}

/** `invalid_arguments` with plain messages. */
export function argumentError(...messages: string[]): ApiError {
  return new ApiError('invalid_arguments', {
    response_metadata: { messages: messages.map((m) => `[ERROR] ${m}`) },
  });
}
