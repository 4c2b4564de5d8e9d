import { readFileSync } from 'node:fs';
import { readAudit } from '../db/read-audit.ts';
import { StoreError } from '../db/store-error.ts';
import { verifyPack, type Chain } from './verify-pack.ts';

/**
 * `npm run audit:verify`: walks the audit chain of the database in DATABASE_URL, which may be in use. With the JSON of an evidence pack as
 * argument: also holds each of its rows against the chain. Exit code 0 where it holds, 1 where it is broken, 2 where it cannot be read.
 */
async function verify(packFile: string | undefined): Promise<number> {
  const url = process.env['DATABASE_URL'] ?? 'sqlite:./data/sse.db';
  const audit = readAudit(url);
  try {
    const [{ last, pruned }, broken] = [await audit.length(), await audit.firstBroken()];
    const since = pruned === 0 ? '' : `, rows 1 to ${pruned} pruned`;
    if (broken === undefined) {
      process.stdout.write(`The audit chain holds: ${last - pruned} rows${since}.\n`);
      return packFile === undefined ? 0 : await tellOfPack(packFile, audit);
    }
    process.stdout.write(
      `The audit chain is BROKEN at row ${broken} of ${last}${since}: from there on rows were changed, removed or put in.\n`,
    );
    return 1;
  } finally {
    await audit.close();
  }
}

async function tellOfPack(file: string, audit: Chain): Promise<number> {
  const { problems, rows, pruned } = await verifyPack(readFileSync(file, 'utf8'), audit);
  if (problems.length === 0) {
    const unproven = pruned === 0 ? '' : `; ${pruned} more were pruned from it and cannot be compared`;
    process.stdout.write(
      `The evidence pack holds: ${rows - pruned} rows stand in the chain as it says, and none is left out${unproven}.\n`,
    );
    return 0;
  }
  process.stdout.write(`The evidence pack is NOT what the chain says:\n${problems.join('\n')}\n`);
  return 1;
}

try {
  process.exitCode = await verify(process.argv[2]);
} catch (error) {
  const hint =
    error instanceof StoreError
      ? `${error.message}. ${error.hint}`
      : 'The database holds no audit, or there is no such file.';
  process.stderr.write(`The audit could not be read: ${hint}\n`);
  process.exitCode = 2;
}
