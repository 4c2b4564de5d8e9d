import { request, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import type { NetworkState, WorkspaceState } from '../../../../sandbox/page/page-types.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with exactly these headers: fetch would not let a test say a foreign Host. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const outgoing = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Does an action as the page does. */
export async function act(
  url: string,
  name: string,
  body: unknown,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await send(`${url}act/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: JSON.parse(answer.body) as Record<string, unknown> };
}

/** One page that listens. */
export class Listener {
  readonly events: { readonly name: string; readonly data: string }[] = [];
  readonly #outgoing: ClientRequest;
  #wake: () => void = () => {};

  constructor(url: string, who: string) {
    this.#outgoing = request(`${url}events?who=${who}`, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
          if (name !== undefined && data !== undefined) this.events.push({ name, data });
        }
        this.#wake();
      });
    });
    this.#outgoing.on('error', () => {});
    this.#outgoing.end();
  }

  workspace(holds: (state: WorkspaceState) => boolean): Promise<WorkspaceState> {
    return this.#until('workspace', holds);
  }

  network(holds: (state: NetworkState) => boolean): Promise<NetworkState> {
    return this.#until('network', holds);
  }

  close(): void {
    this.#outgoing.destroy();
  }

  async #until<T>(name: string, holds: (state: T) => boolean): Promise<T> {
    for (;;) {
      const last = this.events.findLast((event) => event.name === name);
      const state = last && (JSON.parse(last.data) as T);
      if (state !== undefined && holds(state)) return state;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
