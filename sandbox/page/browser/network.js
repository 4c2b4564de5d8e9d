import { drawLastChange } from './changes.js';
import { drawConditions } from './conditions.js';
import { el } from './dom.js';
import { drawWorkers } from './workers.js';
import { drawEntra, drawPortal } from './portals.js';
import { drawSwitch } from './switch.js';

/** @typedef {import('../page-types.ts').NetworkState} NetworkState */
/** @typedef {import('../page-types.ts').SiteLine} SiteLine */
/** @typedef {import('../page-types.ts').ConnectorLine} ConnectorLine */

/**
 * The panel beside the workspace: what really runs, switches that break it, and both vendors' portals.
 * @param {{ network: NetworkState, violations: readonly string[] }} state
 * @returns {readonly import('./dom.js').Child[]}
 */
export function drawNetwork({ network: state, violations }) {
  const connected = state.sites.filter(isConnected);
  const others = state.sites.filter((site) => !isConnected(site));
  return [
    el('h2', {}, 'The network'),
    violations.length > 0 &&
      el(
        'div',
        { class: 'violations', role: 'alert' },
        el('strong', {}, 'Slack would have refused'),
        el(
          'ul',
          {},
          violations.map((text) => el('li', {}, text)),
        ),
      ),
    connected.length === 0 &&
      el(
        'p',
        { class: 'quiet' },
        'No site is connected to Microsoft yet. Type /sse onboard to connect one; Lyon is a good first site.',
      ),
    connected.map(drawSite),
    others.length > 0 &&
      el(
        'details',
        { class: 'fold', 'data-key': 'others' },
        el(
          'summary',
          {},
          `${others.length} ${others.length === 1 ? 'site' : 'sites'} not connected to Microsoft`,
        ),
        others.map(drawSite),
      ),
    drawConditions(state.conditions),
    drawLastChange(state.lastChange),
    state.workers.length > 1 && drawWorkers(state.workers),
    drawEntra(state),
    drawPortal('Mist', 'own root keys of devices', state.mist),
  ].flat();
}

/** @param {SiteLine} site */
function isConnected(site) {
  return site.connectors.some((connector) => connector.isOurs);
}

/** @param {SiteLine} site */
function drawSite(site) {
  return el(
    'section',
    { class: 'site', 'data-site': site.name, 'aria-label': site.name },
    el(
      'header',
      {},
      el('h3', {}, site.name),
      el('span', { class: 'quiet' }, `${site.device} · config ${site.configStatus}`),
      drawSwitch(
        `${site.name} online`,
        site.online ? 'online' : 'offline',
        site.online,
        site.online,
        (online) => ({
          do: 'device',
          site: site.name,
          online,
        }),
      ),
    ),
    el(
      'ul',
      { class: 'lines' },
      site.ports.map((port) =>
        el(
          'li',
          {},
          el('span', { class: 'name' }, port.name),
          el(
            'span',
            { class: 'quiet' },
            [port.publicIp || 'no address', port.node === 'node1' ? 'node 1' : '']
              .filter(Boolean)
              .join(' · '),
          ),
          drawSwitch(
            `${site.name} ${port.name} plugged`,
            port.isUp ? 'port up' : 'port down',
            port.isUp,
            port.isPlugged,
            (up) => ({ do: 'wan', site: site.name, wan: port.name, up }),
          ),
        ),
      ),
    ),
    site.connectors.map(drawConnector),
  );
}

/** @param {ConnectorLine} connector */
function drawConnector(connector) {
  const { name, wan, peerIp, state, isUp, isOurs, detail, peers } = connector;
  const about = [[wan, peerIp && `to ${peerIp}`].filter(Boolean).join(' '), detail];
  return el(
    'div',
    { class: isOurs ? 'connector' : 'connector foreign', 'data-connector': name },
    drawLine(name, `tunnel ${state}`, isUp, state === 'down', isOurs ? about : ["somebody else's connector"]),
    isOurs &&
      peers.map((peer) =>
        drawLine(`BGP ${peer.neighbor}`, peer.state, peer.isUp, !peer.isUp, [
          `AS ${peer.asn}`,
          `${peer.learned} learned`,
          `${peer.announced} announced`,
        ]),
      ),
  );
}

/**
 * @param {string} name
 * @param {string} word
 * @param {boolean} isUp
 * @param {boolean} isBad
 * @param {readonly string[]} about
 */
function drawLine(name, word, isUp, isBad, about) {
  return el(
    'div',
    { class: 'line' },
    el('span', { class: 'name' }, name),
    drawState(word, isUp, isBad),
    el('span', { class: 'quiet' }, about.filter(Boolean).join(' · ')),
  );
}

/**
 * @param {string} word
 * @param {boolean} isUp
 * @param {boolean} isBad
 */
function drawState(word, isUp, isBad) {
  return el('span', { class: `state ${isUp ? 'good' : isBad ? 'bad' : 'unknown'}` }, word);
}
