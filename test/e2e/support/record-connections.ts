import { appendFileSync } from 'node:fs';
import { lookup } from 'node:dns';
import dns from 'node:dns';
import { Socket } from 'node:net';

/*
 * Loaded into the bot's process before its own code (`--import`): writes down every name that is resolved and every connection that is
 * asked for, below all libraries. Goes on as before otherwise.
 */
const file = process.env['RECORD_CONNECTIONS'];

function note(line: string): void {
  if (file !== undefined) appendFileSync(file, `${line}\n`);
}

/** net.connect hands its arguments on as one array; an own call may give them one by one. */
function targetOf(args: readonly unknown[]): string {
  const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first !== 'object' || first === null) return String(first);
  const { host = 'localhost', port, path } = first as { host?: string; port?: unknown; path?: unknown };
  return typeof path === 'string' ? `unix:${path}` : `${host}:${String(port)}`;
}

const { connect } = Socket.prototype;
Socket.prototype.connect = function recorded(this: Socket, ...args: unknown[]): Socket {
  note(`connect ${targetOf(args)}`);
  return Reflect.apply(connect, this, args) as Socket;
} as typeof connect;

dns.lookup = new Proxy(lookup, {
  apply(target, that, args: unknown[]) {
    note(`lookup ${String(args[0])}`);
    return Reflect.apply(target, that, args) as unknown;
  },
});
