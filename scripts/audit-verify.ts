import { readAudit } from '../db/read-audit.ts';
import { StoreError } from '../db/store-error.ts';

/**
 * `npm run audit:verify`: walks the audit chain of the database in DATABASE_URL, which may be in use. Exit code 0 where it holds, 1
 * where it is broken, 2 where it cannot be read.
 */
async function verify(): Promise<number> {
  const url = process.env['DATABASE_URL'] ?? 'sqlite:./data/sse.db';
  const audit = readAudit(url);
  try {
    const [{ last, pruned }, broken] = [await audit.length(), await audit.firstBroken()];
    const since = pruned === 0 ? '' : `, rows 1 to ${pruned} pruned`;
    if (broken === undefined) {
      process.stdout.write(`The audit chain holds: ${last - pruned} rows${since}.\n`);
      return 0;
    }
    process.stdout.write(
      `The audit chain is BROKEN at row ${broken} of ${last}${since}: from there on rows were changed, removed or put in.\n`,
    );
    return 1;
  } finally {
    await audit.close();
  }
}

try {
  process.exitCode = await verify();
} catch (error) {
  const hint =
    error instanceof StoreError
      ? `${error.message}. ${error.hint}`
      : 'It holds no audit, or is not a database.';
  process.stderr.write(`The audit could not be read: ${hint}\n`);
  process.exitCode = 2;
}
