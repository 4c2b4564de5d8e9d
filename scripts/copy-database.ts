import { copyToPostgres } from '../db/copy.ts';
import { StoreError } from '../db/store-error.ts';

/** `DATABASE_URL=postgres://… npm run db:copy -- sqlite:./data/sse.db`; the target in the environment, because arguments are visible to everybody. */
const source = process.argv[2];
const target = process.env['DATABASE_URL'] ?? '';
if (!source?.startsWith('sqlite:') || !/^postgres(ql)?:/.test(target)) {
  process.stderr.write('usage: DATABASE_URL=postgres://… npm run db:copy -- sqlite:<path>\n');
  process.exit(2);
}
try {
  const copied = await copyToPostgres(source.slice('sqlite:'.length), target);
  for (const [table, rows] of copied) process.stdout.write(`${table}: ${rows}\n`);
  process.stdout.write('Copied; the audit chain holds.\n');
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  process.stderr.write(`${error.message}. ${error.hint}\n`);
  process.exitCode = 2;
}
