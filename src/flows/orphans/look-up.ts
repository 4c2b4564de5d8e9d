import type { LedgerRow } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import { ok, type Result } from '../../base/failure.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import type { MistDevice, MistService } from '../../integrations/mist/types.ts';
import { LEDGER_KINDS, type EntryNames } from '../onboard/mist-entries.ts';
import type { FlowParts } from '../parts.ts';
import { ownEntries } from '../removal/proof.ts';
import type { OrphanGroup } from './group-ledger.ts';

/** Both vendors' answers, asked once for a whole report. */
export interface Vendors {
  readonly networks: Result<readonly RemoteNetwork[]>;
  readonly services: Result<readonly MistService[]>;
}

export async function readVendors(parts: FlowParts): Promise<Vendors> {
  const [networks, services] = await Promise.all([
    attempt(parts.entra.remoteNetworks()),
    attempt(parts.mist.services()),
  ]);
  return { networks, services };
}

/** Which of a group's rows still stand, and what they are part of. */
export interface Standing {
  readonly there: readonly LedgerRow[];
  readonly gone: readonly LedgerRow[];
  readonly device?: MistDevice;
  readonly network?: RemoteNetwork;
}

/** Looks the objects of a group up by their recorded IDs. A failure says nothing about them: unread is not gone. */
export async function lookUp(
  parts: FlowParts,
  group: OrphanGroup,
  vendors: Vendors,
): Promise<Result<Standing>> {
  switch (group.kind) {
    case 'device':
      return onDevice(parts, group);
    case 'application': {
      const { services } = vendors;
      if (!services.ok) return services;
      return ok(split(group, (row) => services.value.some((s) => s.id === row.remoteId)));
    }
    case 'network':
    case 'link': {
      const { networks } = vendors;
      if (!networks.ok) return networks;
      const holder = networks.value.find(
        (n) => n.id === group.remoteId || n.links.some((l) => l.id === group.remoteId),
      );
      const stands = (row: LedgerRow): boolean =>
        networks.value.some((n) => n.id === row.remoteId || n.links.some((l) => l.id === row.remoteId));
      return ok({ ...split(group, stands), ...(holder && { network: holder }) });
    }
  }
}

async function onDevice(parts: FlowParts, group: OrphanGroup): Promise<Result<Standing>> {
  const read = await attempt(parts.mist.device(group.siteId, group.remoteId));
  if (!read.ok) return read;
  const device = read.value;
  if (!device) return ok({ there: [], gone: group.rows });
  const held = ownEntries(device.config, namesOfRows(group.rows));
  const stands = (row: LedgerRow): boolean => held.includes(`${rootKeyOf(row.kind) ?? ''}: ${row.name}`);
  return ok({ ...split(group, stands), device });
}

/** The entries of a group's rows by root key of the device. */
export function namesOfRows(rows: readonly LedgerRow[]): EntryNames {
  const names: Record<string, string[]> = {};
  for (const row of rows) {
    const key = rootKeyOf(row.kind);
    if (key !== undefined) (names[key] ??= []).push(row.name);
  }
  return names;
}

function rootKeyOf(kind: string): string | undefined {
  return Object.entries(LEDGER_KINDS).find(([, word]) => word === kind)?.[0];
}

function split(group: OrphanGroup, stands: (row: LedgerRow) => boolean): Standing {
  return { there: group.rows.filter(stands), gone: group.rows.filter((row) => !stands(row)) };
}
