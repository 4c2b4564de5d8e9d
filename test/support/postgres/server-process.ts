import { renameSync, writeFileSync } from 'node:fs';
import { startPostgres } from '../../../sandbox/postgres/server.ts';

/** The one server of a test run: `node server-process.ts <file for its URL> <pid of the run>`. Ends with the run, however that ends. */
const [, , file, owner] = process.argv;
if (file === undefined || owner === undefined) throw new Error('usage: server-process.ts <file> <pid>');

const server = await startPostgres();
writeFileSync(`${file}.part`, server.url('postgres'));
renameSync(`${file}.part`, file);

async function end(): Promise<void> {
  await server.stop();
  process.exit(0);
}
process.once('SIGTERM', () => void end());
setInterval(() => {
  try {
    process.kill(Number(owner), 0);
  } catch {
    void end();
  }
}, 1000);
