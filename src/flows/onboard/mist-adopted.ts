import type { Json } from '../../../db/types.ts';
import type { SiteDesign } from '../../design/types.ts';
import { entryDifferences } from '../../integrations/mist/entry-differences.ts';
import { namesOf } from '../../integrations/mist/holdings.ts';
import { isEqual, objectsOf } from '../../integrations/mist/json.ts';
import { policyEntry, type ConnectorEntries } from '../../integrations/mist/mapping.ts';
import { POLICY_KEY } from '../../integrations/mist/merge.ts';
import { ruleName } from '../../integrations/mist/policies.ts';
import type { MistDevice } from '../../integrations/mist/types.ts';
import { differing } from '../adopt/mist-adoption.ts';
import type { Look, OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { movedAway } from './entra-adopted.ts';
import { readDevice, written } from './mist-device.ts';
import { rememberEntries } from './mist-entries.ts';

/** Looks at the connectors that the approved plan uses as they are. Never `absent`: what was approved is not written anew. */
export async function adoptedConnectors(
  parts: FlowParts,
  context: OperationContext,
  design: SiteDesign,
  entries: ConnectorEntries,
): Promise<Look> {
  const { device } = await readDevice(parts, design);
  const differences = entryDifferences(device.config, entries);
  if (differences.length > 0) {
    const what = `the connector configuration of ${design.device.name}`;
    return { state: 'refused', failure: movedAway(what, `its entries ${differing(differences)}`) };
  }
  await rememberEntries(context, design, namesOf(design), true);
  return found(device, parts);
}

/** The same for the application policy; `above` is the rule right below it in the approved plan. */
export async function adoptedPolicy(
  parts: FlowParts,
  context: OperationContext,
  design: SiteDesign,
  above: string | undefined,
): Promise<Look> {
  const { device } = await readDevice(parts, design);
  const rules = objectsOf(device.config[POLICY_KEY]);
  const { name } = design.policy;
  const index = rules.findIndex((rule) => rule['name'] === name);
  const refused = (why: string): Look => ({
    state: 'refused',
    failure: movedAway(`application policy ${name}`, why),
  });
  if (index === -1) return refused('it is gone');
  if (!isEqual(rules[index], policyEntry(design))) return refused('its content is another');
  if (ruleName(rules[index + 1]) !== above) return refused('the rules around it moved');
  await rememberEntries(context, design, { [POLICY_KEY]: [name] }, true);
  return found(device, parts);
}

function found(device: MistDevice, parts: FlowParts): Look {
  const output = written(device, parts, []);
  return { state: 'done', output: { ...(output as Record<string, Json>), adopted: true } };
}
