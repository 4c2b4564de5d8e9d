import { isDeepStrictEqual } from 'node:util';
import type { LedgerRow, RequestState } from '../../db/types.ts';
import { configuration, deviceOf, ours, type Ours } from '../flows/support/both-sides.ts';
import type { Rig } from '../flows/support/compose-rig.ts';
import { SITE, type Scenario } from './scenarios.ts';

/** How one disturbed change ended. */
export interface Verdict {
  readonly ended: 'done' | 'undone' | 'stuck';
  readonly state: RequestState;
  /** Objects of ours without a row in the ledger or the other way round; after an undoing, whatever is left. */
  readonly orphans: number;
  readonly duplicates: number;
  /** Values of others that differ from what they were. */
  readonly foreign: number;
  /** Calls that changed something and came from a bot that had lost its run; only where that was looked at. */
  readonly late?: number;
  readonly notes: readonly string[];
}

/** What a disturbed change is held against. */
export interface Reference {
  /** Both sides of the same world before the approval. */
  readonly before: unknown;
  /** What others hold in the four root keys of the router after the same change undisturbed, in whichever world. */
  readonly keys: Tree;
}

const UNDONE: readonly RequestState[] = ['rolled-back', 'failed'];

export function judge(
  rig: Rig,
  scenario: Scenario,
  state: RequestState,
  ledger: readonly LedgerRow[],
  reference: Reference,
): Verdict {
  const ended = state === scenario.ends ? 'done' : UNDONE.includes(state) ? 'undone' : 'stuck';
  const stands = ours(rig, SITE);
  const connected = (scenario.ends === 'onboarded') === (ended === 'done');
  const wanted = foreignOf(reference.before);
  const expected = ended === 'done' ? withKeys(rig, wanted, reference.keys) : wanted;
  const differences = differing(foreignOf(configuration(rig)), expected);
  const orphans = connected
    ? symmetric(
        namesOf(stands),
        ledger.map((row) => `${row.kind} ${row.name}`),
      )
    : [...namesOf(stands), ...ledger.map((row) => `ledger: ${row.kind} ${row.name}`)];
  const duplicates = Object.values(stands).flatMap(repeated);
  return {
    ended,
    state,
    orphans: orphans.length,
    duplicates: duplicates.length,
    foreign: differences.length,
    notes: [...orphans, ...duplicates.map((name) => `twice: ${name}`), ...differences],
  };
}

/** What stands, in the ledger's words. */
function namesOf(stands: Ours): string[] {
  const words: readonly (readonly [keyof Ours, string])[] = [
    ['networks', 'remote-network'],
    ['links', 'device-link'],
    ['applications', 'service'],
    ['connectors', 'connector'],
    ['groups', 'bgp-group'],
    ['routingPolicies', 'routing-policy'],
    ['policies', 'service-policy'],
  ];
  return words.flatMap(([key, word]) => stands[key].map((name) => `${word} ${name}`));
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, at) => names.indexOf(name) !== at);
}

function symmetric(a: readonly string[], b: readonly string[]): string[] {
  return [
    ...a.filter((x) => !b.includes(x)).map((x) => `not in the ledger: ${x}`),
    ...b.filter((x) => !a.includes(x)).map((x) => `only in the ledger: ${x}`),
  ];
}

export type Tree = Record<string, unknown>;

const KEYS = ['tunnel_configs', 'bgp_config', 'routing_policies', 'service_policies'] as const;

/** What others hold in the four root keys of the site's router. */
export function foreignKeys(rig: Rig): Tree {
  const left = withoutOurs(structuredClone(deviceOf(rig, SITE).body) as unknown as Tree);
  return Object.fromEntries(KEYS.flatMap((key) => (left[key] === undefined ? [] : [[key, left[key]]])));
}

/** The same world with these keys on the site's router. */
function withKeys(rig: Rig, foreign: Foreign, keys: Tree): Foreign {
  const { id } = deviceOf(rig, SITE).body;
  const devices = foreign.devices.map((device) => {
    if (device['id'] !== id) return device;
    const rest = Object.entries(device).filter(([key]) => !(KEYS as readonly string[]).includes(key));
    return { ...Object.fromEntries(rest), ...keys };
  });
  return { ...foreign, devices };
}

interface Foreign extends Tree {
  readonly devices: readonly Tree[];
}

/** Everything of both sides without what is ours: what no disturbance may touch. */
function foreignOf(all: unknown): Foreign {
  const { entra, mist } = structuredClone(all) as { entra: Tree; mist: Tree };
  const named = (list: unknown, keep: (name: string) => boolean): Tree[] =>
    (list as Tree[]).filter((item) => keep(String(item['name'])));
  const networks = entra['networks'] as Tree[];
  const own = networks.filter((n) => n['name'] === SITE).map((n) => n['id']);
  return {
    networks: named(networks, (name) => name !== SITE),
    links: named(entra['links'], (name) => !name.startsWith(`${SITE}-`)),
    profiles: (entra['profiles'] as Tree[]).map(({ associations, ...rest }) => ({
      ...rest,
      associations: (associations as Tree[]).filter((a) => !own.includes(a['branchId'])),
    })),
    ...mist,
    services: named(mist['services'], (name) => !name.startsWith('Microsoft-SSE')),
    devices: (mist['devices'] as Tree[]).map(withoutOurs),
  };
}

/** A device without our entries, wherever they stand. */
function withoutOurs(device: Tree): Tree {
  const left: Tree = { ...device };
  for (const key of ['tunnel_configs', 'bgp_config', 'routing_policies']) {
    const held = left[key];
    if (typeof held !== 'object' || held === null) continue;
    left[key] = Object.fromEntries(Object.entries(held).filter(([name]) => !name.startsWith('mssse-')));
  }
  const policies = left['service_policies'];
  if (Array.isArray(policies)) {
    left['service_policies'] = policies.filter((p: Tree) => p['name'] !== 'microsoft-sse');
  }
  return left;
}

/** Paths at which two trees differ. */
function differing(a: unknown, b: unknown, path = ''): string[] {
  if (isDeepStrictEqual(a, b)) return [];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [`differs: ${path}`];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => differing((a as Tree)[key], (b as Tree)[key], `${path}/${key}`));
}
