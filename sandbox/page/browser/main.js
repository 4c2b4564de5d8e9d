import { listen } from './api.js';
import { Composer } from './composer.js';
import { byId, el, refillWhenNew } from './dom.js';
import { Home } from './home.js';
import { Log } from './log.js';
import { Modal } from './modal.js';
import { drawNetwork } from './network.js';

/** @typedef {import('../page-types.ts').WorkspaceState} WorkspaceState */
/** @typedef {import('../page-types.ts').NetworkState} NetworkState */

const acting = byId('acting', HTMLSelectElement);
const tabs = byId('conversations', HTMLElement);
const panel = byId('network', HTMLElement);
const trouble = byId('trouble', HTMLElement);
const log = new Log(byId('log', HTMLElement));
const home = new Home(byId('home', HTMLElement));
const composer = new Composer();
const HOME = 'home';
const modal = new Modal();

/** @type {WorkspaceState | undefined} */
let workspace;
/** @type {NetworkState | undefined} */
let network;
/** The conversation that the person looks at. */
let open = '';
let stop = () => {};

acting.addEventListener('change', () => {
  const person = workspace?.people.find((one) => one.id === acting.value);
  if (person) actAs(person.name);
});

actAs(new URLSearchParams(location.search).get('as') ?? '');

/** Becomes somebody else: their messages, their modal. @param {string} name */
function actAs(name) {
  stop();
  // What the one before saw goes at once: a click that comes before the new view would still be theirs.
  if (workspace !== undefined && name !== '') {
    log.update('', undefined);
    modal.update('', null);
  }
  if (name !== '') history.replaceState(null, '', `?as=${encodeURIComponent(name)}`);
  stop = listen(name, {
    onWorkspace: (state) => {
      workspace = state;
      drawWorkspace(state);
    },
    onNetwork: (state) => {
      network = state;
      drawPanel();
    },
    onConnection: (stands) => {
      trouble.textContent = stands ? '' : 'The sandbox does not answer; trying again. Is it still running?';
      trouble.hidden = stands;
    },
  });
}

/** @param {WorkspaceState} state */
function drawWorkspace(state) {
  drawPeople(state);
  const { conversations } = state;
  const isHome = open === HOME;
  const shown = conversations.find((one) => one.id === open) ?? conversations[0];
  open = isHome ? HOME : (shown?.id ?? '');
  const shownTabs = [
    ...conversations.map((one) => ({ id: one.id, name: nameOf(one), isOpen: one.id === open })),
    { id: HOME, name: 'Home', isOpen: isHome },
  ];
  refillWhenNew(tabs, shownTabs, (all) => all.map(drawTab));
  const name = shown ? nameOf(shown) : 'nobody';
  byId('log', HTMLElement).hidden = isHome;
  byId('composer', HTMLElement).hidden = isHome;
  if (isHome) home.show(state.who, state.home);
  else home.hide();
  log.update(state.who, shown);
  composer.update(state.who, shown?.id ?? '', name, state.commands);
  modal.update(state.who, state.modal);
  drawPanel();
}

/** @param {WorkspaceState} state */
function drawPeople({ people, who }) {
  const ids = people.map((person) => person.id).join();
  if (acting.dataset['people'] !== ids) {
    acting.dataset['people'] = ids;
    acting.replaceChildren(...people.map(({ id, label }) => el('option', { value: id }, label)));
  }
  acting.value = who;
}

/** @param {{ id: string, name: string, isOpen: boolean }} conversation */
function drawTab({ id, name, isOpen }) {
  return el(
    'button',
    {
      type: 'button',
      'aria-current': isOpen && 'page',
      'data-key': id,
      onclick: () => {
        open = id;
        if (workspace) drawWorkspace(workspace);
      },
    },
    name,
  );
}

/** @param {import('../page-types.ts').Conversation} conversation */
function nameOf({ name, isDirect }) {
  return isDirect ? `@${name}` : `#${name}`;
}

function drawPanel() {
  if (network) refillWhenNew(panel, { network, violations: workspace?.violations ?? [] }, drawNetwork);
}
