import { z } from 'zod';
import { holdsAll, namesOf } from '../../integrations/mist/holdings.ts';
import { connectorKeys, policyBase } from '../../integrations/mist/merge.ts';
import type { OperationContext } from '../engine/types.ts';
import { entriesFrom } from '../onboard/mist-connectors.ts';
import { readDevice } from '../onboard/mist-device.ts';
import { rememberEntries, untilApplied, type AppliedTexts } from '../onboard/mist-entries.ts';
import { namesOfPolicy, readForPolicy, writePolicy } from '../onboard/mist-policy.ts';
import { OP, Outputs } from '../onboard/outputs.ts';
import type { DesignOf } from '../onboard/run-design.ts';
import type { FlowParts } from '../parts.ts';

type PutBack = (context: OperationContext) => Promise<readonly string[]>;

const TEXTS: AppliedTexts = {
  pending: 'has not applied what was put back yet; normal is under a minute',
  offline: 'is offline: what was put back is saved in Mist, and I go on when the router is back',
  refused: 'refused what was put back; Mist shows why under its events',
};

/** Undo of taking the application policy out: writes it again where it belongs now, and waits until the router runs it. */
export function policyPutBack(parts: FlowParts, designOf: DesignOf): PutBack {
  return async (context) => {
    const design = await designOf(context.run);
    const { device, template } = await readDevice(parts, design);
    const stands = policyBase(device.config, template).some((r) => r['name'] === design.policy.name);
    if (!stands) await writePolicy(parts, context, design, await readForPolicy(parts, design));
    else await rememberEntries(context, design, namesOfPolicy(design));
    const now = stands ? device : (await readDevice(parts, design)).device;
    return untilApplied(parts, design, now, [], TEXTS);
  };
}

/**
 * Undo of taking connectors, BGP groups and routing policies out: possible while Microsoft's side stands, from the endpoints and
 * keys that the onboarding left.
 */
export function connectorsPutBack(parts: FlowParts, designOf: DesignOf): PutBack {
  return async (context) => {
    const design = await designOf(context.run);
    const site = await parts.store.sites.get(design.site.id);
    const known = Live.safeParse(site?.live).data?.[OP.endpoints];
    const entries = known && (await entriesFrom(parts, site?.requestId ?? '', design, known.links));
    if (!entries?.ok)
      return [`the connectors of ${design.device.name}: their endpoints or keys are not known any more`];
    const { device, template } = await readDevice(parts, design);
    const stands = holdsAll(device.config, entries.value);
    let now = device;
    if (!stands) {
      const { keys } = connectorKeys(device.config, template, entries.value);
      await context.guard();
      now = await parts.mist.putDevice(design.site.id, design.device.id, keys);
    }
    await rememberEntries(context, design, namesOf(design));
    return untilApplied(parts, design, now, [], TEXTS);
  };
}

const Live = z.object({ [OP.endpoints]: Outputs.endpoints });
