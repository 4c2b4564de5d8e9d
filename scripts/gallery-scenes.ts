/** Which story shows a card, and by which text the card is found in it. */
export interface Scene {
  /** In stories/, or in sandbox/gallery/scenes/ for those that exist for the gallery alone. */
  readonly story: string;
  /** Title of a card, and the pattern (as in a story) that its fallback matches; the last such version of a message or answer is kept. */
  readonly keep: Readonly<Record<string, string>>;
}

const STORIES = new URL('../stories/', import.meta.url).pathname;
const OWN = new URL('../sandbox/gallery/scenes/', import.meta.url).pathname;

export const SCENES: readonly Scene[] = [
  {
    story: `${OWN}checks-failed.yaml`,
    keep: { 'Plan: failed checks': '/^Plan Lyon: .*cannot be approved/' },
  },
  {
    story: `${STORIES}overlay-accepted.yaml`,
    keep: {
      'Plan: a failed check that an approver may accept': '/^Plan Lyon: .*an approver may accept it/',
      'Plan: the failed check is accepted': '/^Plan Lyon: \\d+ changes/',
      'Answer: accepted': 'Nothing is approved by it',
      'Refused: not an approver': '/^You may not decide this/',
    },
  },
  {
    story: `${STORIES}freeze.yaml`,
    keep: {
      'Plan: changes are frozen': '/^Plan Lyon: changes are frozen/',
      'Answer: frozen': '/^Frozen: no change starts/',
      'Refused: changes are frozen': '/frozen by .*quarter end/',
      'Answer: not frozen any more': '/^Not frozen any more/',
    },
  },
  {
    story: `${STORIES}plan-shown-again.yaml`,
    keep: {
      'Stored plan: open': '/^Stored plan for Lyon: request .*, Plan,/',
      'Stored plan: rejected': '/^Stored plan for Lyon: request .*, Rejected/',
      'Refused: no such request': 'There is no request "Lyon"',
    },
  },
  {
    story: `${STORIES}reject-and-edit.yaml`,
    keep: { 'Plan: edited': '/^Plan Lyon/', 'Request: Rejected': '/^Rejected Lyon/' },
  },
  { story: `${OWN}expired.yaml`, keep: { 'Request: Expired': '/^Expired Lyon/' } },
  { story: `${STORIES}moved-after-planning.yaml`, keep: { 'Request: Void': '/^Void Lyon/' } },
  {
    story: `${STORIES}tunnel-stays-down.yaml`,
    keep: { 'Request: Needs decision': '/^Needs decision Lyon/' },
  },
  {
    story: `${STORIES}cancel.yaml`,
    keep: {
      'Request: Needs decision, stopped on request': '/^Needs decision Lyon: Stopped on request/',
      'Answer: stops after this step': 'It stops after the step',
      'Refused: decided otherwise': 'waiting for Retry, Roll back or Keep',
    },
  },
  { story: `${STORIES}refused-by-entra.yaml`, keep: { 'Request: Rolled back': '/^Rolled back Lyon/' } },
  { story: `${OWN}failed.yaml`, keep: { 'Request: Failed': '/^Failed Lyon/' } },
  {
    story: `${STORIES}bypass.yaml`,
    keep: {
      'Bypass on: Changed': '/^Changed Lyon: Bypassed/',
      'Bypass off: Plan': '/^Plan Lyon: 1 change,/',
      'Bypass off: Changed': '/^Changed Lyon: tunnels/',
    },
  },
  {
    story: `${STORIES}offboard.yaml`,
    keep: {
      'Offboard: Plan': '/^Plan Lyon: 6 changes/',
      'Request: Cancelled': '/^Cancelled Lyon/',
      'Offboard: Running': '/^Running Lyon: step 3 of 10/',
      'Request: Offboarded': '/^Offboarded Lyon/',
    },
  },
  {
    story: `${STORIES}orphans.yaml`,
    keep: {
      'Request: Needs decision, something is left behind': '/^Needs decision Lyon: Still there/',
      'Orphans: one is left': '/^Orphans: 1 left/',
      'Orphans: Plan of the removal': '/^Plan Lyon: [12] changes?, waiting/',
      'Orphans: removed': '/^Changed Lyon: Removed/',
      'Orphans: none is left': '/^Orphans: nothing/',
    },
  },
  {
    story: `${OWN}answers.yaml`,
    keep: {
      'Help: every command': '/^Commands that you can run: .*onboard.*status/',
      'Help: one command': '/^Commands that you can run: .sse onboard$/',
      'Help: a mistyped command': '/onbord/',
      'Refused: no such site': 'no site "Atlantis"',
      'Refused: another workspace': 'members of its own workspace',
      'Fleet: no site yet': 'has not connected any site yet',
    },
  },
];
