import { z } from 'zod';
import type { LedgerRow } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import type { PlannedOperation } from '../engine/types.ts';
import { OP } from '../onboard/outputs.ts';
import { RECHECK } from '../plan/recheck-operation.ts';
import type { FlowParts } from '../parts.ts';
import { digestOf } from '../plan/digest.ts';
import { PLAN_VERSION, type Plan, type PlannedChange } from '../plan/types.ts';
import { fail, pass } from '../preflight/item.ts';
import { applicationUsers } from '../removal/application-users.ts';
import { REMOVE } from '../removal/names.ts';
import { entraOperations, entriesOperations, proofOperation, removal } from '../removal/plan-parts.ts';
import type { PreflightItem } from '../types.ts';
import { groupLedger, type OrphanGroup } from './group-ledger.ts';
import { lookUp, namesOfRows, readVendors, type Standing } from './look-up.ts';

export const OrphanInputs = z.object({ orphan: z.string(), siteName: z.string() });

/** The group of this ID as the ledger lists it now. */
export async function findGroup(parts: FlowParts, id: string): Promise<OrphanGroup | undefined> {
  return groupLedger(await parts.store.ledger.live()).find((group) => group.id === id);
}

/** Makes the plan that removes one orphan, by recorded IDs alone, from what stands of it now. */
export async function planOrphan(parts: FlowParts, stored: unknown): Promise<Result<PlannedChange>> {
  const { orphan, siteName } = OrphanInputs.parse(stored);
  const group = await findGroup(parts, orphan);
  if (!group) return failed(GONE);
  const connected = await parts.store.sites.get(group.siteId);
  if (connected && group.kind !== 'application') return failed(inUse(connected.name));
  const found = await lookUp(parts, group, await readVendors(parts));
  if (!found.ok) return found;
  if (found.value.there.length === 0) return failed(GONE);
  const checks = await checksOf(parts, group, found.value);
  if (!checks.ok) return checks;
  const { there, device } = found.value;
  const design = {
    site: { id: group.siteId, name: siteName },
    ...(device && { device: { id: device.id, name: device.name } }),
  };
  const operations = operationsOf(group, found.value);
  const plan: Plan = {
    version: PLAN_VERSION,
    operations,
    locks: [`${group.kind}:${group.remoteId}`],
    blastRadius: [
      device
        ? `Changed in Mist: device ${device.name}, only the entries that are listed.`
        : `Removed in ${group.kind === 'application' ? 'Mist' : 'Entra'}: only what is listed, by its ID.`,
    ],
    advice: ['What is removed cannot be made again as it was: there is no Roll back.'],
    facts: [
      ['Site', siteName],
      ['Made by run', [...new Set(there.map((row) => row.runId))].join(', ')],
    ],
  };
  return ok({
    design,
    plan,
    preflight: checks.value,
    digest: digestOf({ version: PLAN_VERSION, design, operations }),
  });
}

function operationsOf(group: OrphanGroup, { there, network }: Standing): readonly PlannedOperation[] {
  const [first] = there;
  if (group.kind === 'device') {
    const names = namesOfRows(there);
    const entries = entriesOperations({
      id: REMOVE.entries,
      appliedId: REMOVE.entriesApplied,
      kind: REMOVE.entries,
      what: 'Take what is left out of the router',
      needs: [OP.recheck],
      names,
      // Nobody knows any more: a key goes only where nothing but the template's copy is left in it.
      absentBefore: Object.keys(names),
      base: '',
    });
    return [RECHECK, ...entries, proofOperation([REMOVE.entriesApplied], names, [], [])];
  }
  if (group.kind === 'application' && first) {
    const params = { id: first.remoteId, name: first.name };
    const what = `Delete application ${first.name}`;
    const line = `- application ${first.name} (${first.remoteId})`;
    return [
      RECHECK,
      removal(REMOVE.application, REMOVE.application, 'mist', what, [OP.recheck], params, [line]),
    ];
  }
  const own = there.find((row) => row.kind === 'remote-network');
  const links = there.filter((row) => row.kind === 'device-link');
  const inEntra = entraOperations(
    own && { id: own.remoteId, name: own.name, profiles: network?.profiles.map((p) => p.name) ?? [] },
    links.map(({ remoteId: id, name }) => ({ id, name, networkId: network?.id ?? own?.remoteId ?? '' })),
    [OP.recheck],
  );
  const last = inEntra.filter((o) => !inEntra.some((other) => other.needs.includes(o.id)));
  return [
    RECHECK,
    ...inEntra,
    proofOperation(
      last.map((o) => o.id),
      {},
      own ? [own.remoteId] : [],
      links.map((l) => l.remoteId),
    ),
  ];
}

async function checksOf(
  parts: FlowParts,
  group: OrphanGroup,
  { there, network }: Standing,
): Promise<Result<readonly PreflightItem[]>> {
  if (group.kind === 'device') return ok([]);
  if (group.kind === 'application') {
    const leaving = { siteId: '', policies: [] };
    const users = await attempt(applicationUsers(parts, there[0]?.name ?? '', leaving));
    return users.ok ? ok([usersCheck(users.value)]) : users;
  }
  const rows = await parts.store.ledger.live(group.siteId);
  return ok([linksCheck(network, rows, there), routerCheck(rows)]);
}

function usersCheck(users: readonly string[]): PreflightItem {
  return {
    id: 'orphan.users',
    what: 'Nobody refers to the application',
    ...(users.length === 0
      ? pass('no template, device or policy')
      : fail(users.join(', '), 'Take it out of there in Mist first.')),
  };
}

function linksCheck(
  network: Standing['network'],
  rows: readonly LedgerRow[],
  there: readonly LedgerRow[],
): PreflightItem {
  const goes = there.some((row) => row.kind === 'remote-network');
  const foreign = (goes ? (network?.links ?? []) : []).filter((l) => !rows.some((r) => r.remoteId === l.id));
  return {
    id: 'orphan.links',
    what: 'The remote network holds nothing but our links',
    ...(foreign.length === 0
      ? pass('none of others')
      : fail(foreign.map((l) => l.name).join(', '), 'Remove or move them in the Entra portal first.')),
  };
}

/** Entra is never removed first: a router that still dials would have nobody to answer. */
function routerCheck(rows: readonly LedgerRow[]): PreflightItem {
  const left = rows.filter((row) => row.vendor === 'mist' && row.kind !== 'service');
  return {
    id: 'orphan.router',
    what: 'The router holds nothing of it any more',
    ...(left.length === 0
      ? pass('nothing in the ledger')
      : fail(
          left.map((row) => row.name).join(', '),
          "Remove the router's part first; `/sse orphans` lists it.",
        )),
  };
}

const GONE: Failure = {
  code: 'flow.orphan_gone',
  message: 'the orphan is gone',
  hint: 'It is not there any more, or no longer listed as ours. `/sse orphans` shows what is.',
  retryable: false,
};

function inUse(site: string): Failure {
  return {
    code: 'flow.orphan_in_use',
    message: 'the site is connected',
    hint: `${site} is connected: this is no orphan. \`/sse offboard ${site}\` takes the site back.`,
    retryable: false,
  };
}
