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

/** A refusal that lists what is wrong with the contents. */
export function contentError(code: string, problems: readonly Problem[]): ApiError {
  const messages = problems.map(describe);
  const errors = messages.map((line) => line.replace(/^\[ERROR\] /, ''));
  return new ApiError(code, { errors, response_metadata: { messages } });
}

/** `invalid_arguments` with plain messages. */
export function argumentError(...messages: string[]): ApiError {
  return new ApiError('invalid_arguments', {
    response_metadata: { messages: messages.map((m) => `[ERROR] ${m}`) },
  });
}
