import type { SiteDesign } from '../../../src/design/types.ts';
import { Secret } from '../../../src/base/secret.ts';
import { connectorEntries, policyEntry, type ConnectorLive } from '../../../src/integrations/mist/mapping.ts';
import { connectorKeys, policyBase, policyKey } from '../../../src/integrations/mist/merge.ts';
import { deviceOf } from '../support/both-sides.ts';
import { eventually, type Rig } from '../support/rig.ts';
import type { HandMade } from './hand-made.ts';

type Tree = Record<string, Record<string, Record<string, unknown>>>;

/** Builds the device's part for a network that was built by hand, as somebody would in Mist's portal; `edit` changes it before it is saved. */
export async function buildDeviceByHand(
  rig: Rig,
  made: HandMade,
  edit: (keys: Tree) => void = () => undefined,
): Promise<void> {
  const { design } = made;
  const device = await deviceNow(rig, design);
  const keys = structuredClone(
    connectorKeys(device.config, undefined, connectorEntries(design, await livesOf(rig, made))).keys,
  );
  edit(keys as Tree);
  await rig.parts.mist.putDevice(design.site.id, design.device.id, keys);
}

/** Adds the application, and its policy on top of the device's effective list, or where `at` says. */
export async function buildPolicyByHand(rig: Rig, { design }: HandMade, at?: number): Promise<void> {
  await rig.parts.mist.createService(design.application);
  const device = await deviceNow(rig, design);
  const site = await rig.parts.mist.site(design.site.id);
  const template = await rig.parts.mist.gatewayTemplate(site?.gatewayTemplateId ?? '');
  const base = policyBase(device.config, template?.config);
  const { keys } = policyKey(
    device.config,
    template?.config,
    base.toSpliced(at ?? 0, 0, policyEntry(design)),
  );
  await rig.parts.mist.putDevice(design.site.id, design.device.id, keys);
}

/** Writes of devices that Mist has seen so far. */
export function devicePuts(rig: Rig): number {
  return rig.mist.calls.filter(({ method, path }) => method === 'PUT' && path.includes('/devices/')).length;
}

/** The device as it stands in Mist. */
export function bodyOf(rig: Rig): unknown {
  return structuredClone(deviceOf(rig).body);
}

async function deviceNow(rig: Rig, design: SiteDesign) {
  const device = await rig.parts.mist.device(design.site.id, design.device.id);
  if (!device) throw new Error('there is no device');
  return device;
}

async function livesOf(rig: Rig, { design, networkId, keys }: HandMade) {
  const links = await eventually(async () => {
    const all = await rig.parts.entra.connectivity(networkId);
    return all.flatMap((l) => l.instances).length === design.links.length * design.zones && all;
  });
  const lives = design.links.flatMap((link) =>
    link.connectors.map((connector): [string, ConnectorLive] => {
      const instances = links.find(({ linkName }) => linkName === link.name)?.instances ?? [];
      const address = connector.zone === 1 ? link.microsoftBgp : link.microsoftBgpZone2;
      const key = keys[link.name] ?? '';
      return [
        connector.name,
        {
          endpoint: instances.find(({ bgpAddress }) => bgpAddress === address)?.endpoint ?? '',
          asn: Object.fromEntries(instances.map((i) => [i.bgpAddress, i.asn])),
          psk: new Secret(connector.zone === 1 ? key : `${key}-z2`),
        },
      ];
    }),
  );
  return Object.fromEntries(lives);
}
