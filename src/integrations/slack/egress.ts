import { isLoopbackHost } from '../../base/loopback.ts';
import { SlackError } from './errors.ts';

/** Slack's own domains: what Slack names lies below them, also where the API's address is a gateway in front of it. */
const SLACK_DOMAINS = ['slack.com', 'slack-gov.com'];
/** As they stand for plain and secure HTTP where the address is a WebSocket's. */
const HTTP_OF: Readonly<Record<string, string>> = { 'wss:': 'https:', 'ws:': 'http:' };

/**
 * Where anything of Slack's may be sent to: the configured API, and the hosts below its domain and Slack's that are named in payloads
 * and answers (response URLs, upload URLs, the WebSocket). https, and Slack's own hosts on its own port alone; this machine, over plain
 * HTTP too, only where the API itself is configured there.
 */
export function createEgress(apiUrl: string): (url: string) => boolean {
  const api = new URL(apiUrl);
  const isLocal = isLoopbackHost(api.hostname);
  const own = api.hostname.replace(/^www\./, '');
  return (text) => {
    const url = URL.parse(text);
    if (url === null || url.username !== '' || url.password !== '') return false;
    const protocol = HTTP_OF[url.protocol] ?? url.protocol;
    if (protocol === api.protocol && url.host === api.host) return true;
    if (isLocal && isLoopbackHost(url.hostname)) return protocol === 'http:' || protocol === 'https:';
    if (protocol !== 'https:') return false;
    if (SLACK_DOMAINS.some((domain) => isBelow(url.hostname, domain))) return url.port === '';
    return !isLocal && isBelow(url.hostname, own);
  };
}

function isBelow(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** `fetch` for everything that goes to Slack: refuses any other address before it is resolved, and follows no redirect. */
export function guardedFetch(apiUrl: string, fetchWith: typeof fetch = fetch): typeof fetch {
  const mayGo = createEgress(apiUrl);
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!mayGo(url)) throw refused();
    const response = await fetchWith(input, { ...init, redirect: 'error' });
    if (new URL(url).pathname.endsWith('/apps.connections.open')) {
      const socket = await socketUrlOf(response.clone());
      if (socket !== undefined && !mayGo(socket)) throw refused();
    }
    return response;
  };
}

/** Where the answer says that the WebSocket is. */
async function socketUrlOf(response: Response): Promise<string | undefined> {
  const answer: unknown = await response.json().catch(() => undefined);
  const url = typeof answer === 'object' && answer !== null && 'url' in answer ? answer.url : undefined;
  return typeof url === 'string' ? url : undefined;
}

function refused(): SlackError {
  return new SlackError(
    {
      kind: 'rejected',
      message: 'not sent: the address is none of Slack',
      hint: 'An address in place of one of Slack’s was named; nothing was sent there. Check SLACK_API_URL.',
    },
    { slackCode: 'egress_refused' },
  );
}
