import { createHash } from 'node:crypto';

/** A row of the audit as its hash covers it; `data` is the text that is stored. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly requestId: string | null;
  readonly data: string;
  readonly previous: string;
}

/** SHA-256 in hex over the JSON text of the row's fields in this order. Evidence packs tell auditors the same in words. */
export function auditHash({ seq, at, actor, action, requestId, data, previous }: AuditEntry): string {
  return createHash('sha256')
    .update(JSON.stringify([seq, at, actor, action, requestId, data, previous]))
    .digest('hex');
}
