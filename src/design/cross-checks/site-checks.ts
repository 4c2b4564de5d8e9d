import { asnWarning, parseAsn } from '../asn-rules.ts';
import { overlaps } from '../addressing.ts';
import { BANDWIDTH_MBPS } from '../bandwidth.ts';
import { whyReservedForBgp } from '../bgp-addresses.ts';
import { distanceKm, findRegion, nearestRegion } from '../regions.ts';
import { BANDWIDTHS, type SiteDesign } from '../types.ts';
import { finding, notRead, said } from './findings.ts';
import type { Pairing } from './pairing.ts';
import type { Finding } from './types.ts';
import type { EntraLinkView, EntraView, MistView, Surroundings } from './views.ts';

const SITE = 'site';
/** Kilometres of detour that are worth a word. */
const NOTABLE_DETOUR_KM = 300;

/** X24: each link has a WAN port of its own, and an HA pair's links leave both nodes. */
export function wanChecks(
  entra: EntraView,
  mist: MistView,
  { pairs, linksWithoutConnector }: Pairing,
): Finding[] {
  const wans = new Map<string, string>();
  for (const { link, connector } of pairs) wans.set(link.name, connector.wan ?? 'no WAN port');
  const ports = [...wans.values()];
  const sides = {
    entra: said(`${entra.links.length} link(s)`),
    mist: said(ports.length > 0 ? ports.join(', ') : undefined),
  };
  const [orphan] = linksWithoutConnector;
  if (orphan)
    return [
      finding('X24', SITE, 'fail', sides, {
        message: `No connector of ${mist.deviceName} belongs to device link ${orphan.name}`,
        mend: `Add a connector for ${orphan.publicIp} in Mist, or delete the link in Entra.`,
      }),
    ];
  if (new Set(ports).size < ports.length)
    return [
      finding('X24', SITE, 'fail', sides, {
        message: `Two links leave the same WAN port (${ports.join(', ')})`,
        mend: 'Give each connector its own WAN interface in Mist: one port cannot have two public addresses.',
      }),
    ];
  const nodes = new Set(ports.map((name) => mist.wans.find((port) => port.name === name)?.node));
  if (mist.isHa && ports.length > 1 && nodes.size === 1)
    return [
      finding('X24', SITE, 'warning', sides, {
        message: `Both links leave ${[...nodes][0] ?? 'one node'}, so that its failure takes both`,
        mend: 'Use one WAN port of each node.',
      }),
    ];
  return [finding('X24', SITE, 'pass', sides)];
}

/** X25: no peering address is local to the router, used by another link, or in use elsewhere; nor any address of the design's ranges. */
export function addressChecks(
  entra: EntraView,
  mist: MistView | undefined,
  around: Surroundings | undefined,
  design: SiteDesign | undefined,
): Finding[] {
  return entra.links.map((link) => {
    const addresses = addressesOf(link);
    const sides = { ...(design && { design: design.ranges.join(', ') }), entra: said(addresses.join(', ')) };
    const taken = takenBy(link, [...addresses, ...(design?.ranges ?? [])], entra, mist, around);
    if (taken !== undefined)
      return finding('X25', link.name, 'fail', sides, {
        message: taken,
        mend: 'Choose another peering range: BGP would never come up, or would reach the wrong peer.',
      });
    const unread = [around?.otherNetworks, around?.occupied].find((part) => part?.read === false);
    if (unread?.read === false) return finding('X25', link.name, 'unknown', sides, notRead(unread));
    return finding('X25', link.name, 'pass', sides);
  });
}

/** Who uses one of these addresses or ranges already, as a sentence. */
function takenBy(
  link: EntraLinkView,
  mine: readonly string[],
  entra: EntraView,
  mist: MistView | undefined,
  around: Surroundings | undefined,
): string | undefined {
  const hit = (cidr: string | undefined): string | undefined =>
    cidr === undefined ? undefined : mine.find((own) => overlaps(own, cidr));
  for (const { name, prefix } of mist?.networks ?? []) {
    const own = hit(prefix);
    if (own) return `${own} overlaps network ${name} (${prefix ?? ''})`;
  }
  for (const port of mist?.wans ?? []) {
    const own = hit(port.ip);
    if (own) return `${own} holds the address of WAN port ${port.name}`;
  }
  for (const network of around?.otherNetworks.read ? around.otherNetworks.value : []) {
    for (const other of network.links) {
      const address = addressesOf(other).find((candidate) => hit(candidate));
      if (address) return `${hit(address) ?? ''} holds ${address} of ${network.name}/${other.name}`;
    }
  }
  const addresses = addressesOf(link);
  const twice = addresses.find((address, at) => addresses.indexOf(address) !== at);
  if (twice) return `${twice} is used twice in this link`;
  const sibling = entra.links.find(
    (other) => other !== link && addressesOf(other).some((address) => addresses.includes(address)),
  );
  if (sibling) return `${sibling.name} uses one of the same addresses`;
  const clash = around?.occupied.read ? around.occupied.value.find(({ cidr }) => hit(cidr)) : undefined;
  return clash && `${clash.cidr} is used by ${clash.usedBy}`;
}

/** X02 beyond the site: two links with one public address. */
export function publicAddressChecks(entra: EntraView, around: Surroundings): Finding[] {
  const others = around.otherNetworks.read ? around.otherNetworks.value : [];
  return entra.links.flatMap((link) => {
    const twin = others
      .flatMap((network) => network.links.map((other) => ({ network, other })))
      .find(({ other }) => other.publicIp === link.publicIp);
    if (!twin) return [];
    const name = `${twin.network.name}/${twin.other.name}`;
    return [
      finding(
        'X02',
        link.name,
        'warning',
        { entra: said(link.publicIp) },
        {
          message: `${link.publicIp} is also the device address of ${name}`,
          mend: 'Two links with one public address: Microsoft may not tell their tunnels apart.',
        },
      ),
    ];
  });
}

function addressesOf(link: EntraLinkView): string[] {
  return [link.deviceBgp, link.microsoftBgp, link.microsoftBgpZone2].filter((a) => a !== undefined);
}

/** X26: advice, but for a region that is not the approved one. */
export function regionCheck(
  entra: EntraView,
  mist: MistView | undefined,
  design: SiteDesign | undefined,
): Finding {
  const sides = { design: design?.region, entra: said(entra.region) };
  if (design !== undefined && design.region !== entra.region)
    return finding('X26', SITE, 'fail', sides, {
      message: `The remote network is in ${entra.region}, and the design says ${design.region}`,
      mend: 'A region cannot be changed: use this one, or another remote network.',
    });
  const region = findRegion(entra.region);
  const warn = (message: string, mend: string) => finding('X26', SITE, 'warning', sides, { message, mend });
  if (region === undefined || !region.documented)
    return warn(
      `Microsoft's list of regions for remote networks does not name ${entra.region}`,
      'It may be refused; choose a listed region to be sure.',
    );
  const nearest = mist?.latlng && nearestRegion(mist.latlng);
  if (mist?.latlng && nearest) {
    const detour = distanceKm(mist.latlng, region) - distanceKm(mist.latlng, nearest);
    if (detour >= NOTABLE_DETOUR_KM)
      return warn(
        `${nearest.name} is about ${Math.round(detour / 100) * 100} km nearer to the site than ${region.name}`,
        'Choose the nearer region, unless the farther one is wanted.',
      );
  }
  return finding('X26', SITE, 'pass', sides);
}

/** X27 and X29: what the tenant has left. */
export function limitChecks(entra: EntraView, around: Surroundings): Finding[] {
  const links = finding(
    'X29',
    entra.networkName,
    entra.links.length <= around.maxLinks ? 'pass' : 'fail',
    { entra: said(`${entra.links.length} of ${around.maxLinks} links`) },
    {
      message: `${entra.links.length} links do not fit into one remote network (${around.maxLinks})`,
      mend: 'Use fewer links, or a second remote network. SSE_MAX_LINKS tells of a raised limit.',
    },
  );
  const { otherNetworks, maxNetworks, reserved } = around;
  if (!otherNetworks.read) {
    const sides = { entra: { unread: otherNetworks } };
    return [
      links,
      finding('X29', 'tenant', 'unknown', sides, notRead(otherNetworks)),
      finding('X27', 'tenant', 'unknown', sides, notRead(otherNetworks)),
    ];
  }
  const used = otherNetworks.value.length + reserved.networks;
  const seen = `${used} of ${maxNetworks} networks used${reserved.networks > 0 ? `, ${reserved.networks} of them by open requests` : ''}`;
  const networks = finding(
    'X29',
    'tenant',
    used < maxNetworks ? 'pass' : 'fail',
    { entra: said(seen) },
    {
      message: `No remote network is left in the tenant (${seen})`,
      mend: 'Remove a network or have Microsoft raise the limit; SSE_MAX_NETWORKS tells me of a raised one.',
    },
  );
  return [
    links,
    networks,
    bandwidthCheck(
      entra,
      around,
      otherNetworks.value.flatMap((n) => n.links),
    ),
  ];
}

function bandwidthCheck(entra: EntraView, around: Surroundings, others: readonly EntraLinkView[]): Finding {
  const wanted = entra.links.reduce((sum, link) => sum + megabits(link), 0);
  const used = others.reduce((sum, link) => sum + megabits(link), 0) + around.reserved.bandwidthMbps;
  const pool = around.bandwidthPoolMbps;
  if (pool === undefined)
    return finding(
      'X27',
      'tenant',
      'warning',
      { design: `${wanted} Mbps`, entra: said(`${used} Mbps in use`) },
      {
        message: `${used} Mbps in use, ${wanted} Mbps for this site; the pool is not known`,
        mend: 'Graph does not tell the pool. Set SSE_BANDWIDTH_POOL_MBPS to have it checked.',
      },
    );
  const free = pool - used;
  return finding(
    'X27',
    'tenant',
    wanted <= free ? 'pass' : 'fail',
    { design: `${wanted} Mbps`, entra: said(`${free} of ${pool} Mbps left`) },
    {
      message: `${wanted} Mbps wanted, ${free} Mbps left`,
      mend: 'Choose a smaller class, free a link or buy bandwidth.',
    },
  );
}

/** Graph's bandwidth class in Mbps; a class that is unknown to us counts nothing. */
function megabits({ bandwidth }: EntraLinkView): number {
  const known = BANDWIDTHS.find((candidate) => candidate === bandwidth);
  return known === undefined ? 0 : BANDWIDTH_MBPS[known];
}

/** X28: whoever reads one portal finds the counterpart in the other. */
export function namingCheck(entra: EntraView, mist: MistView, { pairs }: Pairing): Finding {
  const sides = {
    entra: said([entra.networkName, ...entra.links.map((link) => link.name)].join(', ')),
    mist: said(mist.siteName),
  };
  const odd = pairs.find(
    ({ link, connector }) => connector.wan !== undefined && !link.name.includes(connector.wan),
  );
  if (entra.networkName === mist.siteName && !odd) return finding('X28', SITE, 'pass', sides);
  return finding('X28', SITE, 'warning', sides, {
    message: odd
      ? `Device link ${odd.link.name} belongs to WAN port ${odd.connector.wan ?? '?'}, which its name does not say`
      : `The remote network is called ${entra.networkName} and the site ${mist.siteName}`,
    mend: 'Names are for people: nothing breaks. The bot names them {site} and {site}-{wan}.',
  });
}

/** X30: what Microsoft refuses on sight. */
export function acceptedChecks(entra: EntraView): Finding[] {
  return entra.links.map((link) => {
    const sides = { entra: said([...addressesOf(link), `AS ${link.deviceAsn ?? '?'}`].join(', ')) };
    const fail = (message: string, mend: string) =>
      finding('X30', link.name, 'fail', sides, { message, mend });
    for (const address of addressesOf(link)) {
      const reserved = whyReservedForBgp(address);
      if (reserved !== undefined) return fail(`${address}: ${reserved}`, 'Choose another peering range.');
    }
    const asn = parseAsn(String(link.deviceAsn ?? ''));
    if (!asn.ok) return fail(asn.message, 'Choose another device ASN, for example 65000.');
    const doubt = asnWarning(asn.asn);
    if (doubt !== undefined)
      return finding('X30', link.name, 'warning', sides, {
        message: doubt,
        mend: 'Choose another device ASN to be sure, for example 65000.',
      });
    return finding('X30', link.name, 'pass', sides);
  });
}
