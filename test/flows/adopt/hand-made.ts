import { Secret } from '../../../src/base/secret.ts';
import type { SiteDesign } from '../../../src/design/types.ts';
import { inputsOf, plan, type Wish } from '../support/asking.ts';
import type { Rig } from '../support/rig.ts';

/** Ranges that whoever built it by hand chose: not the next ones of the pool. */
export const BY_HAND = { range_a: '10.99.99.0/29', range_b: '10.99.100.0/29' } as const;

export interface HandMade {
  readonly design: SiteDesign;
  readonly networkId: string;
  /** The keys that somebody typed, by link name. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Builds what the bot would build in Entra for a wish, over Graph and by nobody it knows; `links` = only so many of them. */
export async function buildByHand(rig: Rig, wish: Wish, links = 2): Promise<HandMade> {
  const design = (await plan(rig, await inputsOf(rig, wish))).design as unknown as SiteDesign;
  const profiles = await rig.parts.entra.forwardingProfiles();
  const { id } = await rig.parts.entra.createRemoteNetwork({
    name: design.remoteNetworkName,
    region: design.region,
    profileIds: design.profiles.flatMap((type) => profiles.find((p) => p.type === type)?.id ?? []),
  });
  const keys: Record<string, string> = {};
  for (const link of design.links.slice(0, links)) {
    const key = `typed-by-hand-${link.index}`;
    keys[link.name] = key;
    await rig.parts.entra.createDeviceLink(id, {
      name: link.name,
      ipAddress: link.publicIp,
      bandwidth: design.bandwidth,
      asn: design.deviceAsn,
      microsoftBgp: link.microsoftBgp,
      deviceBgp: link.deviceBgp,
      ike: design.ike,
      psk: new Secret(key),
      ...(link.microsoftBgpZone2 !== undefined && {
        zone2: {
          microsoftBgp: link.microsoftBgpZone2,
          psk: new Secret(link.zonePskId === link.pskId ? key : `${key}-z2`),
        },
      }),
    });
  }
  return { design, networkId: id, keys };
}
