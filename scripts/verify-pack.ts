import { z } from 'zod';
import { auditHash } from '../db/audit-hash.ts';

const Pack = z.object({
  format: z.literal('sse-evidence/1'),
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

/** What is wrong with an evidence pack, in sentences; nothing where all of it stands in the chain as the pack says. */
export async function problemsOfPack(
  text: string,
  chain: {
    hashAt(seq: number): Promise<string | undefined>;
    length(): Promise<{ readonly pruned: number }>;
  },
): Promise<readonly string[]> {
  const parsed = Pack.safeParse(parse(text));
  if (!parsed.success) return ['It is no evidence pack of this format.'];
  const { rows, head } = parsed.data.audit;
  const { pruned } = await chain.length();
  const problems: string[] = [];
  for (const row of rows) {
    if (!row.isMasked && auditHash(row) !== row.hash)
      problems.push(`Row ${row.seq} of the pack was changed: its hash does not follow from it.`);
  }
  for (const { seq, hash } of [...rows, head]) {
    if (seq > pruned && seq > 0 && (await chain.hashAt(seq)) !== hash)
      problems.push(`Row ${seq} of the pack does not stand in the chain like this.`);
  }
  return problems;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
