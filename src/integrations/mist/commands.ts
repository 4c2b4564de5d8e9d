import { RemoteError } from '../../base/failure.ts';
import type { Node } from '../../design/types.ts';
import type { CommandEnd, CommandStream } from './command-stream.ts';
import type { Http } from './http.ts';
import { compact } from './json.ts';
import { createRoutesParser, type RoutesParser } from './routes-parser.ts';
import { PathReport, Session } from './stats-schema.ts';
import type { LearnedRoutes, ListingEnd, Mist, PingAnswer, RoutesByNeighbor, ServicePath } from './types.ts';

interface CommandsOptions {
  readonly http: Http;
  readonly stream: CommandStream;
  readonly silenceMs: number;
}

/** Reports that end by themselves may pause longer than listings. */
const REPORT_PATIENCE = 2.5;

/** The commands that are run on a router and answer over the command stream. They only read, so that they may be sent again. */
export function createCommands(
  options: CommandsOptions,
): Pick<Mist, 'learnedRoutes' | 'routesByNeighbor' | 'servicePath' | 'ping'> {
  const { http, stream, silenceMs } = options;

  function post(path: string, json: object): Promise<string> {
    return http.send({ method: 'POST', path, json, repeat: 'read', parse: (body) => Session.parse(body) });
  }

  /** Runs `show_route` once and gives its output to every parser; `whole` is the one that counts all that is listed. */
  async function showRoutes(
    device: { readonly siteId: string; readonly deviceId: string; readonly node: Node | undefined },
    query: object,
    whole: RoutesParser,
    parts: readonly RoutesParser[],
  ): Promise<CommandEnd & { readonly end: ListingEnd }> {
    const { siteId, deviceId, node } = device;
    const body = { protocol: 'bgp', ...query };
    const path = `${base(siteId, deviceId)}/show_route`;
    async function start(): Promise<string> {
      if (node === undefined) return post(path, body);
      // The OpenAPI description has `node` as an object here; Mist's own SDK sends the bare name.
      return withFallback(
        () => post(path, { ...body, node: { node } }),
        () => post(path, { ...body, node }),
      );
    }
    const footer = createFooter();
    const ended = await stream.run({
      channel: channel(siteId, deviceId),
      start,
      silenceMs,
      onText: (text) => {
        for (const parser of [whole, ...parts]) parser.push(text);
        footer.push(text);
      },
      isComplete: () => footer.total() === whole.count,
    });
    const total = footer.total();
    const cut = ended.by === 'overall' || (total !== undefined && total !== whole.count);
    return { ...ended, end: cut ? 'cut' : total === undefined ? 'uncounted' : 'counted' };
  }

  return {
    async learnedRoutes(siteId, deviceId, { neighbor, node }): Promise<LearnedRoutes> {
      return onceMore(async () => {
        const parser = createRoutesParser(neighbor);
        const query = { neighbor, route: 'received' };
        const end = await showRoutes({ siteId, deviceId, node }, query, parser, []);
        const { prefixes, refused } = parser.end();
        const answered = end.answered && !(refused && prefixes.length === 0);
        return { prefixes, answered, ...(answered && { end: end.end }) };
      });
    },

    async routesByNeighbor(siteId, deviceId, { neighbors, node }): Promise<RoutesByNeighbor> {
      return onceMore(async () => {
        const whole = createRoutesParser();
        const parts = neighbors.map((neighbor) => ({ neighbor, parser: createRoutesParser(neighbor) }));
        const parsers = parts.map(({ parser }) => parser);
        const end = await showRoutes({ siteId, deviceId, node }, {}, whole, parsers);
        const { count, refused } = whole.end();
        const answered = end.answered && !(refused && count === 0);
        return {
          prefixes: new Map(parts.map(({ neighbor, parser }) => [neighbor, parser.end().prefixes])),
          answered,
          ...(answered && { end: end.end }),
        };
      });
    },

    async servicePath(siteId, deviceId, { serviceName, node }): Promise<ServicePath> {
      return onceMore(async () => {
        let text = '';
        let mayEnd = false;
        let rows: ServicePath['rows'];
        const end: CommandEnd = await stream.run({
          channel: channel(siteId, deviceId),
          start: () =>
            post(`${base(siteId, deviceId)}/show_service_path`, compact({ service_name: serviceName, node })),
          silenceMs: silenceMs * REPORT_PATIENCE,
          onText: (piece) => {
            text += piece;
            const last = piece.trimEnd().at(-1);
            if (last !== undefined) mayEnd = last === '}';
          },
          isComplete: () => {
            // What is longer is no report: nothing is known, and nothing more of it is kept.
            if (text.length > LONGEST_REPORT) {
              rows = undefined;
              return true;
            }
            const report = mayEnd ? readReport(text) : undefined;
            if (report === undefined) return false;
            rows = report.rows;
            return report.finished === true;
          },
        });
        return end.answered ? compact({ rows }) : {};
      });
    },

    async ping(siteId, deviceId, { host, count, size }): Promise<PingAnswer> {
      return onceMore(async () => {
        let text = '';
        await stream.run({
          channel: channel(siteId, deviceId),
          start: () => post(`${base(siteId, deviceId)}/ping`, compact({ host, count, size })),
          // A packet that is not answered is waited for before the next one is sent.
          silenceMs: silenceMs * REPORT_PATIENCE,
          onText: (piece) => {
            text = (text + piece).slice(-PING_TAIL);
          },
          isComplete: () => PING_SUMMARY.test(text),
        });
        const [, sent, received] = PING_SUMMARY.exec(text) ?? [];
        return sent === undefined ? {} : { sent: Number(sent), received: Number(received) };
      });
    },
  };
}

/** Characters; a report has some hundred for each path. */
const LONGEST_REPORT = 256_000;
const PING_TAIL = 400;
/** The last line but one of every common ping; what an SSR prints is not published. */
const PING_SUMMARY = /(\d+) packets transmitted, (\d+) (?:packets )?received/;

const TAIL = 160;

/**
 * The listing's own count in its last line, as FRR prints it. Mist marks no end, so silence decides; but a listing that says how many
 * prefixes it has, and has shown just as many, is complete without waiting for it.
 */
function createFooter(): { push(text: string): void; total(): number | undefined } {
  let tail = '';
  return {
    push(text) {
      tail = (tail + text).slice(-TAIL);
    },
    total() {
      const found = /^(?:Total number of prefixes|Displayed) +(\d+)\b[^\n]*\r?\n\s*$/m.exec(tail);
      return found ? Number(found[1]) : undefined;
    },
  };
}

function base(siteId: string, deviceId: string): string {
  return `/api/v1${channel(siteId, deviceId).slice(0, -'/cmd'.length)}`;
}

function channel(siteId: string, deviceId: string): string {
  return `/sites/${encodeURIComponent(siteId)}/devices/${encodeURIComponent(deviceId)}/cmd`;
}

function readReport(
  text: string,
): { finished?: boolean | undefined; rows: NonNullable<ServicePath['rows']> } | undefined {
  const trimmed = text.trim();
  if (!trimmed.endsWith('}')) return undefined;
  try {
    return PathReport.safeParse(JSON.parse(trimmed)).data;
  } catch {
    return undefined;
  }
}

/** A connection that breaks while a router prints costs nothing but time: the command is run again, from the start. */
async function onceMore<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'network') return command();
    throw error;
  }
}

async function withFallback<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'rejected') return second();
    throw error;
  }
}
