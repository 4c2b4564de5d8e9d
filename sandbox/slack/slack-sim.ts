import type { JsonObject } from '../contracts/slack/check.ts';
import type { FaultBook } from '../http/faults.ts';
import { startSimServer, type CallRecord, type SimRequest, type SimResponse } from '../http/server.ts';
import { Deliveries } from './deliveries.ts';
import { download, receiveUpload } from './files.ts';
import { chatMethods } from './methods/chat.ts';
import type { MethodContext } from './methods/context.ts';
import { fileMethods } from './methods/files.ts';
import { viewMethods } from './methods/views.ts';
import { workspaceMethods } from './methods/workspace.ts';
import { HttpMode } from './http-mode.ts';
import { settingsOf, type SlackSimOptions } from './options.ts';
import { eventCallback } from './payloads.ts';
import { SlackPerson } from './person.ts';
import { ResponseUrls } from './response-urls.ts';
import { SocketMode } from './socket-mode.ts';
import type { DeliveryOutcome, EnvelopeRecord } from './transport.ts';
import { TriggerBook } from './triggers.ts';
import { ViolationLog, type Violation } from './violations.ts';
import { WebApi } from './web-api.ts';
import { SlackWorld } from './world.ts';
import type { Message } from './world-types.ts';

/** A running simulated workspace with one app installed. */
export interface SlackSim {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** What Bolt's `slackApiUrl` takes; ends in `/api/`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly faults: FaultBook;
  /** Every HTTP call, Web API, response URLs and uploads alike. */
  readonly calls: CallRecord[];
  /** Every envelope that went to the app, with how it ended. */
  readonly envelopes: EnvelopeRecord[];
  /** What the bot did against the contract; tests expect it to be empty. */
  readonly violations: Violation[];
  readonly world: SlackWorld;
  readonly socketMode: SocketMode;
  /** Added to every HTTP answer. */
  latencyMs: number;
  /** The same object for the same person every time. */
  person(userId: string): SlackPerson;
  /** Waits for a message of the channel, replies included, that is not deleted and whose current text matches. */
  waitForMessage(channel: string, text: RegExp | string, timeoutMs?: number): Promise<Message>;
  /** Waits until this many Socket Mode connections stand, default 1. */
  waitForConnections(count?: number, timeoutMs?: number): Promise<void>;
  /** Sends an event of the Events API, such as `subteam_members_changed`. */
  sendEvent(event: JsonObject): Promise<DeliveryOutcome>;
  /** Delivers once more what was delivered before, as Slack or a thief of the request can. */
  repeat(record: EnvelopeRecord): Promise<DeliveryOutcome>;
  /**
   * Slack is away until the returned function is called: connections are dropped and refused, HTTP calls cut off or answered with 503.
   */
  outage(how?: 'cut' | 'failing'): () => void;
  /** Nobody listens at its address, until the returned function is called; it resolves when somebody does again. */
  vanish(): () => Promise<void>;
  close(): Promise<void>;
}

/** Starts a workspace on loopback. Nothing is limited by rate; plant 429 answers in `faults` where that matters. */
export async function startSlackSim(options: SlackSimOptions): Promise<SlackSim> {
  const settings = settingsOf(options);
  const { clock, scopes, botToken, appToken } = settings;
  const world = new SlackWorld(settings);
  const violations = new ViolationLog();
  const triggers = new TriggerBook(world, clock, settings.triggerLifeMs);
  const responseUrls = new ResponseUrls(world, violations, clock);
  let handle: (request: SimRequest) => Promise<SimResponse> | SimResponse = () => ({ status: 503 });
  const server = await startSimServer({
    handle: (request) => handle(request),
    ...(settings.port !== undefined && { port: settings.port }),
  });
  const { origin } = server;
  const socketMode = new SocketMode({
    server: server.server,
    origin,
    appId: world.app.id,
    pingMs: settings.pingMs,
    makeTicket: () => world.ids.token(),
    violations,
    onChange: () => world.changed(),
  });
  const wayOut = settings.http
    ? new HttpMode({ ...settings.http, timeoutMs: settings.ackTimeoutMs, violations, clock })
    : socketMode;
  const deliveries = new Deliveries(wayOut, settings.ackTimeoutMs);
  const context: MethodContext = {
    world,
    settings,
    triggers,
    violations,
    socketMode,
    origin,
    requireScopes: (method, needed) => webApi.requireScopes(method, needed),
  };
  const methods = {
    ...workspaceMethods(context),
    ...chatMethods(context),
    ...viewMethods(context),
    ...fileMethods(context),
  };
  const webApi = new WebApi({ botToken, appToken, scopes, methods, violations });

  handle = (request) => {
    const [, area, name = '', rest] = request.path.split('/');
    if (area === 'api') return webApi.call(name, request);
    if (request.method === 'GET' && area === 'files-pri') {
      return download(world, request, botToken, scopes.includes('files:read'));
    }
    if (request.method === 'POST' && area === 'upload')
      return receiveUpload(world, violations, rest ?? '', request);
    if (request.method === 'POST' && area === 'response') {
      return responseUrls.respond(name, request.headers['content-type'] ?? '', request.body);
    }
    return { status: 404, body: 'not found' };
  };

  const people = new Map<string, SlackPerson>();
  const personContext = {
    world,
    deliveries,
    triggers,
    responseUrls,
    violations,
    commands: settings.commands,
    origin,
  };

  return {
    origin,
    apiUrl: `${origin}/api/`,
    botToken,
    appToken,
    faults: server.faults,
    calls: server.calls,
    envelopes: deliveries.records,
    violations: violations.list,
    world,
    socketMode,
    get latencyMs() {
      return server.latencyMs;
    },
    set latencyMs(value: number) {
      server.latencyMs = value;
    },
    person(userId) {
      const user = world.users.get(userId);
      if (!user) throw new Error(`no person ${userId}`);
      const known = people.get(userId) ?? new SlackPerson(personContext, user);
      people.set(userId, known);
      return known;
    },
    waitForMessage(channel, text, timeoutMs) {
      const matches = (message: Message): boolean => {
        if (message.channel !== channel || message.deleted) return false;
        return typeof text === 'string' ? message.text.startsWith(text) : text.test(message.text);
      };
      return world.waitFor(() => world.messages.findLast(matches), timeoutMs);
    },
    async waitForConnections(count = 1, timeoutMs) {
      await world.waitFor(() => socketMode.connections === count, timeoutMs);
    },
    sendEvent: (event) => deliveries.send('events_api', eventCallback(world, event), false),
    repeat: (record) => deliveries.repeat(record),
    outage(how = 'cut') {
      const fault = server.faults.plant({
        times: -1,
        action: how === 'cut' ? { kind: 'reset-before' } : { kind: 'answer', status: 503 },
      });
      socketMode.refusing = true;
      socketMode.drop();
      return () => {
        server.faults.remove(fault.id);
        socketMode.refusing = false;
      };
    },
    vanish() {
      server.deafen();
      socketMode.drop();
      return () => server.listen();
    },
    async close() {
      deliveries.close();
      await socketMode.close();
      await server.close();
    },
  };
}
