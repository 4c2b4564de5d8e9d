/** Something that the bot did and that Slack's contract does not allow, or that Slack would have warned about. */
export interface Violation {
  at: number;
  kind:
    | 'unknown_method'
    | 'unknown_argument'
    | 'bad_argument'
    | 'missing_scope'
    | 'auth'
    | 'blocks'
    | 'view'
    | 'missing_text'
    | 'thread'
    | 'ack'
    | 'response_url'
    | 'upload';
  /** The method or envelope it happened in. */
  where: string;
  detail: string;
}

export class ViolationLog {
  readonly list: Violation[] = [];

  add(kind: Violation['kind'], where: string, detail: string): void {
    this.list.push({ at: Date.now(), kind, where, detail });
  }
}
