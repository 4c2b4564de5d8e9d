/** Talking to the page's server. */

/** @typedef {import('../page-actions.ts').ActionAnswer} ActionAnswer */

const SLACK_SAYS = /** @type {Record<string, string>} */ ({
  operation_timeout: 'The app did not answer in time (operation_timeout).',
  dispatch_failed: 'The app is not connected (dispatch_failed).',
  broken: 'We had some trouble connecting: the app answered something that Slack refuses.',
});

/**
 * Does something as the acting person. Throws with words for the person where the server refuses.
 * @param {string} name
 * @param {object} body
 * @returns {Promise<ActionAnswer>}
 */
export async function post(name, body) {
  const response = await fetch(`/act/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(String(answer.error));
  return answer;
}

/**
 * What went wrong on the way to the app, in words; undefined where nothing did.
 * @param {ActionAnswer} answer
 */
export function complaintOf(answer) {
  return SLACK_SAYS[answer.outcome];
}

/**
 * Listens to the state as one person sees it, and again by itself after a break.
 * @param {string} who
 * @param {{
 *   onWorkspace: (state: import('../page-types.ts').WorkspaceState) => void,
 *   onNetwork: (state: import('../page-types.ts').NetworkState) => void,
 *   onConnection: (stands: boolean) => void,
 * }} listeners
 * @returns {() => void} how to stop
 */
export function listen(who, { onWorkspace, onNetwork, onConnection }) {
  const source = new EventSource(`/events?who=${encodeURIComponent(who)}`);
  source.addEventListener('open', () => onConnection(true));
  source.addEventListener('error', () => onConnection(false));
  source.addEventListener('workspace', (event) => onWorkspace(JSON.parse(event.data)));
  source.addEventListener('network', (event) => onNetwork(JSON.parse(event.data)));
  return () => source.close();
}
