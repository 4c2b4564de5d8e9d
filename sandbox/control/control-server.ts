import { startSimServer, type SimResponse, type SimServer } from '../http/server.ts';
import type { World } from '../world.ts';
import { Action, applyAction } from './actions.ts';
import { entraSummary, mistSummary } from './summary.ts';

/**
 * The loopback control API of docs/guides/control-api.md: `POST /control/actions` breaks or mends things,
 * `GET /control/state` tells what stands on both sides, `GET /control/actions` lists what can be said.
 * Requests with a foreign Host or any Origin header get nothing.
 */
export function startControlServer(world: World, port?: number): Promise<SimServer> {
  return startSimServer({
    ...(port !== undefined && { port }),
    handle(request): SimResponse {
      if (
        request.headers.origin !== undefined ||
        !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')
      ) {
        return { status: 403, body: { error: 'loopback only' } };
      }
      const route = `${request.method} ${request.path}`;
      if (route === 'GET /control/state') return { status: 200, body: stateOf(world) };
      if (route === 'GET /control/actions') {
        return { status: 200, body: { actions: Action.options.map((o) => o.shape.do.value) } };
      }
      if (route !== 'POST /control/actions')
        return { status: 404, body: { error: 'see docs/guides/control-api.md' } };
      return act(world, request.body.toString('utf8'));
    },
  });
}

function act(world: World, body: string): SimResponse {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { status: 400, body: { error: 'the body is not JSON' } };
  }
  const action = Action.safeParse(json);
  if (!action.success)
    return { status: 400, body: { error: action.error.issues.map((i) => i.message).join('; ') } };
  try {
    applyAction(world, action.data);
    return { status: 200, body: { done: action.data.do } };
  } catch (error) {
    return { status: 404, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

function stateOf(world: World): object {
  const { slack } = world;
  return {
    entra: entraSummary(world.entra),
    mist: mistSummary(world.mist),
    slack: {
      messages: slack.world.messages
        .filter((m) => !m.deleted)
        .map(({ channel, ts, text }) => ({ channel, ts, text })),
      violations: slack.violations,
    },
    workers: world.workers.list(),
    timing: world.timing,
    calls: { slack: slack.calls.length, entra: world.entra.calls.length, mist: world.mist.calls.length },
  };
}
