/**
 * The yardstick: a Bolt app in Socket Mode that only acknowledges `/sse`, as small as Bolt's own documentation has it. A process
 * of its own, like the bot. With `BARE_DATABASE` it also holds a SQLite file open; `HEALTH_PORT` answers once it is connected.
 */
import { createServer } from 'node:http';
import { App, LogLevel } from '@slack/bolt';
import Database from 'better-sqlite3';

const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL, BARE_DATABASE, HEALTH_PORT } = process.env;

if (BARE_DATABASE !== undefined) new Database(BARE_DATABASE).pragma('journal_mode = wal');

const app = new App({
  socketMode: true,
  logLevel: LogLevel.ERROR,
  ...(SLACK_BOT_TOKEN !== undefined && { token: SLACK_BOT_TOKEN }),
  ...(SLACK_APP_TOKEN !== undefined && { appToken: SLACK_APP_TOKEN }),
  ...(SLACK_API_URL !== undefined && { clientOptions: { slackApiUrl: SLACK_API_URL } }),
});
app.command('/sse', async ({ ack }) => {
  await ack();
});
await app.start();

createServer((_request, response) => {
  response.writeHead(200).end();
}).listen(Number(HEALTH_PORT), '127.0.0.1');
