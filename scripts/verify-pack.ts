import { z } from 'zod';
import { auditHash } from '../db/audit-hash.ts';
import type { AuditLink, AuditStore } from '../db/types.ts';
import { withoutSecrets } from '../src/flows/history/evidence.ts';

const Pack = z.object({
  format: z.literal('sse-evidence/1'),
  request: z.object({ id: z.string() }),
  audit: z.object({
    rows: z.array(
      z.object({
        seq: z.number().int(),
        at: z.number(),
        actor: z.string(),
        action: z.string(),
        requestId: z.string().nullable(),
        data: z.string(),
        previous: z.string(),
        hash: z.string(),
        isMasked: z.literal(true).optional(),
      }),
    ),
    head: z.object({ seq: z.number().int(), hash: z.string() }),
  }),
});

/** What of the audit a pack is held against. */
export type Chain = Pick<AuditStore, 'chain' | 'hashAt' | 'length'>;

/** What came of it: what is wrong, in sentences, and what could not be held against anything any more. */
export interface PackVerdict {
  readonly problems: readonly string[];
  readonly rows: number;
  /** Rows that were pruned from the chain since: only that they belong together is known of them. */
  readonly pruned: number;
}

/** Holds an evidence pack against the chain: every row as it is stored, and none of the request's left out. */
export async function verifyPack(text: string, chain: Chain): Promise<PackVerdict> {
  const parsed = Pack.safeParse(parse(text));
  if (!parsed.success) return { problems: ['It is no evidence pack of this format.'], rows: 0, pruned: 0 };
  const { request, audit } = parsed.data;
  const { rows, head } = audit;
  const { pruned } = await chain.length();
  const stored = new Map((await chain.chain(request.id)).map((row) => [row.seq, row]));
  const problems: string[] = [];
  for (const row of rows) {
    const problem = row.seq > pruned ? differenceOf(row, stored.get(row.seq)) : forgeryOf(row);
    if (problem) problems.push(`Row ${row.seq} of the pack ${problem}`);
  }
  const told = new Set(rows.map((row) => row.seq));
  for (const seq of stored.keys()) {
    if (seq <= head.seq && !told.has(seq)) problems.push(`Row ${seq} of the chain is left out of the pack.`);
  }
  if (head.seq > pruned && (await chain.hashAt(head.seq)) !== head.hash) {
    problems.push(
      `Row ${head.seq} of the pack, the newest of its time, does not stand in the chain like this.`,
    );
  }
  return { problems, rows: rows.length, pruned: rows.filter((row) => row.seq <= pruned).length };
}

type Row = z.infer<typeof Pack>['audit']['rows'][number];

function differenceOf(row: Row, stored: AuditLink | undefined): string | undefined {
  if (!stored) return 'does not stand in the chain.';
  const data = row.isMasked ? withoutSecrets(stored.data) : stored.data;
  const equal = JSON.stringify(ordered({ ...stored, data })) === JSON.stringify(ordered(row));
  return equal ? undefined : 'was changed: the chain holds another.';
}

function ordered({ seq, at, actor, action, requestId, data, previous, hash }: AuditLink): unknown[] {
  return [seq, at, actor, action, requestId, data, previous, hash];
}

/** Where the chain no longer has the row: whether its hash follows from it, unless a part of it was masked. */
function forgeryOf(row: Row): string | undefined {
  return row.isMasked || auditHash(row) === row.hash
    ? undefined
    : 'was changed: its hash does not follow from it.';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
