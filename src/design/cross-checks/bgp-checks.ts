import { contains } from '../addressing.ts';
import type { SiteDesign, Zone } from '../types.ts';
import { agree, finding, said } from './findings.ts';
import { instanceOf, microsoftAddress, noInstance, zonesOf, type Pair } from './pairing.ts';
import type { Finding } from './types.ts';
import type { EntraLinkView, MistConnectorView, MistNeighborView } from './views.ts';

/** The AS number of Azure's VPN gateways, which people type out of habit. */
const AZURE_VPN_ASN = 65515;

/** X05, X07 and X18 of one connector: the router's own end of its sessions. */
export function routerBgpChecks({ connector, link }: Pair, design: SiteDesign | undefined): Finding[] {
  const { group, name } = connector;
  const designed = design?.links.find((own) => own.publicIp === link.publicIp);
  const isReversed =
    connector.deviceBgp !== undefined &&
    connector.deviceBgp === link.microsoftBgp &&
    connector.deviceBgp !== link.deviceBgp;
  return [
    agree(
      'X05',
      name,
      { design: designed?.deviceBgp, entra: said(link.deviceBgp), mist: said(connector.deviceBgp) },
      isReversed
        ? {
            message: `The BGP addresses are not reversed: both sides call ${connector.deviceBgp} their own`,
            mend: "Entra's local address is Microsoft's: set Source IP in Mist to Entra's device BGP address.",
          }
        : {},
    ),
    agree('X07', name, {
      design: design?.deviceAsn,
      entra: said(link.deviceAsn),
      mist: group ? said(group.localAs) : undefined,
    }),
    bindingCheck(connector),
    ...(group ? habits(connector) : []),
  ];
}

/** X18 of one connector, which needs the router's side only. */
export function bindingCheck({ name, group }: MistConnectorView): Finding {
  const sides = { mist: said(group?.name) };
  const fail = (message: string, mend: string) => finding('X18', name, 'fail', sides, { message, mend });
  if (group === undefined)
    return fail(
      `No BGP group runs over connector ${name}`,
      `Bind a BGP group to ${name} in Mist: via tunnel, tunnel name ${name}.`,
    );
  if (group.type !== 'external')
    return fail(
      `BGP group ${group.name} is ${group.type ?? 'of no type'}; Microsoft's AS is another one`,
      'Set the type of the group to external in Mist.',
    );
  if (group.authenticated)
    return fail(
      `BGP group ${group.name} has a BGP password, which Entra cannot have`,
      'Remove the password of the group in Mist.',
    );
  return finding('X18', name, 'pass', sides);
}

/** Two defaults of Mist that break nothing at once. */
function habits({ name, group }: MistConnectorView): Finding[] {
  const found: Finding[] = [];
  if (group?.bfdDisabled === false)
    found.push(
      finding(
        'X18',
        name,
        'warning',
        { mist: said('BFD on') },
        {
          message: 'BFD is on, and Microsoft is not known to answer it',
          mend: 'Switch BFD off for this group in Mist.',
        },
      ),
    );
  if (group?.readvertisedToOverlay === true)
    found.push(
      finding(
        'X18',
        name,
        'warning',
        { mist: said('re-advertised to the overlay') },
        {
          message: "Microsoft's routes of this site are announced to all other sites of the overlay",
          mend: 'Set no re-advertisement to the overlay for this group in Mist, unless that is wanted.',
        },
      ),
    );
  return found;
}

/** X06, X08 and X23 of one link: its neighbors over all of its connectors. */
export function neighborChecks(link: EntraLinkView, pairs: readonly Pair[]): Finding[] {
  const connectors = pairs.filter((pair) => pair.link === link).map((pair) => pair.connector);
  const neighbors = connectors.flatMap(
    (connector) => connector.group?.neighbors.map((neighbor) => ({ neighbor, connector })) ?? [],
  );
  const wanted = zonesOf(link).map((zone) => ({ zone, address: microsoftAddress(link, zone) }));
  const strangers = neighbors.filter(({ neighbor }) => !wanted.some((w) => w.address === neighbor.address));
  const found: Finding[] = [];
  for (const { zone, address } of wanted) {
    const match = neighbors.find(({ neighbor }) => neighbor.address === address);
    const elsewhere = match ? undefined : overAnother(address, connectors, pairs);
    if (elsewhere) found.push(boundWrongly(link, address, elsewhere));
    found.push(addressCheck(link, zone, address, match, strangers.shift()?.neighbor));
    if (match) found.push(asnCheck(link, zone, match.neighbor, match.connector));
  }
  return [...found, countCheck(link, wanted.length, neighbors, wanted)];
}

/** The connector of another link over which the neighbor of this address runs. */
function overAnother(
  address: string | undefined,
  own: readonly MistConnectorView[],
  pairs: readonly Pair[],
): MistConnectorView | undefined {
  return pairs
    .map((pair) => pair.connector)
    .find((c) => !own.includes(c) && c.group?.neighbors.some((n) => n.address === address) === true);
}

function boundWrongly(link: EntraLinkView, address: string | undefined, over: MistConnectorView): Finding {
  return finding(
    'X18',
    link.name,
    'fail',
    { entra: said(address), mist: said(over.name) },
    {
      message: `Neighbor ${address ?? '?'} of ${link.name} runs over connector ${over.name}, which belongs to another link`,
      mend: `Bind BGP group ${over.group?.name ?? '?'} in Mist to the connector of ${link.name}.`,
    },
  );
}

function addressCheck(
  link: EntraLinkView,
  zone: Zone,
  address: string | undefined,
  match: { readonly neighbor: MistNeighborView; readonly connector: MistConnectorView } | undefined,
  stranger: MistNeighborView | undefined,
): Finding {
  const subject = `${link.name}, zone ${zone}`;
  const sides = { entra: said(address), mist: said(match?.neighbor.address ?? stranger?.address) };
  if (address === undefined)
    return finding('X06', subject, 'fail', sides, {
      message: `Entra has no BGP address of Microsoft for zone ${zone}`,
      mend: 'Create the link again with both local BGP addresses.',
    });
  if (match) {
    if (isWithinReach(match.neighbor, match.connector.deviceBgp))
      return finding('X06', subject, 'pass', sides);
    return finding('X06', subject, 'fail', sides, {
      message: `${address} is more than one hop away and the neighbor has no multihop TTL`,
      mend: 'Set multihop TTL 2 at the neighbor in Mist.',
    });
  }
  const isReversed = stranger !== undefined && stranger.address === link.deviceBgp;
  const words = isReversed
    ? {
        message: `The neighbor ${stranger.address} is the router's own address; Microsoft's is ${address}`,
        mend: `Set the neighbor in Mist to ${address}: what Entra calls the local BGP address.`,
      }
    : {
        message: `Microsoft's BGP address in zone ${zone} is ${address}, and ${stranger === undefined ? 'no neighbor has it' : `Mist has ${stranger.address}`}`,
        mend: `Add the neighbor ${address} to the BGP group in Mist${stranger === undefined ? '' : ` in place of ${stranger.address}`}.`,
      };
  return finding('X06', subject, 'fail', sides, words);
}

/** One hop reaches only what is on the tunnel's own /30 (RFC 4271 §5.1.3: the peer of an external session is on the link). */
export function isWithinReach(
  { address, multihopTtl }: MistNeighborView,
  deviceBgp: string | undefined,
): boolean {
  return (multihopTtl ?? 1) >= 2 || (deviceBgp !== undefined && contains(`${deviceBgp}/30`, address));
}

function asnCheck(
  link: EntraLinkView,
  zone: Zone,
  neighbor: MistNeighborView,
  connector: MistConnectorView,
): Finding {
  const instance = instanceOf(link, zone);
  const subject = `neighbor ${neighbor.address}`;
  const sides = {
    entra: instance ? said(instance.asn) : { unread: noInstance(link) },
    mist: said(neighbor.asn),
  };
  if (neighbor.asn !== undefined && neighbor.asn === connector.group?.localAs)
    return finding('X08', subject, 'fail', sides, {
      message: `Both ends of the session have AS ${neighbor.asn}`,
      mend: "Give the router an AS of its own, and the neighbor Microsoft's as Entra shows it.",
    });
  const habit = neighbor.asn === AZURE_VPN_ASN && instance !== undefined && instance.asn !== AZURE_VPN_ASN;
  return agree(
    'X08',
    subject,
    sides,
    habit
      ? {
          message: `Microsoft's AS here is ${instance.asn}; ${AZURE_VPN_ASN} is that of Azure's VPN gateways`,
          mend: `Set the AS of the neighbor in Mist to ${instance.asn}.`,
        }
      : {},
  );
}

function countCheck(
  link: EntraLinkView,
  sessions: number,
  neighbors: readonly { readonly neighbor: MistNeighborView }[],
  wanted: readonly { readonly address: string | undefined }[],
): Finding {
  const off = neighbors.filter(({ neighbor }) => neighbor.disabled).map(({ neighbor }) => neighbor.address);
  const usable = new Set(
    neighbors
      .filter(({ neighbor }) => !neighbor.disabled && wanted.some((w) => w.address === neighbor.address))
      .map(({ neighbor }) => neighbor.address),
  ).size;
  const sides = { entra: said(sessions), mist: said(usable) };
  if (usable === sessions) return finding('X23', link.name, 'pass', sides);
  return finding('X23', link.name, 'fail', sides, {
    message: `Entra serves ${link.name} from ${sessions} gateway instance(s), and the router peers with ${usable}${off.length > 0 ? ` (switched off: ${off.join(', ')})` : ''}`,
    mend:
      off.length > 0
        ? `Switch on neighbor ${off.join(', ')} in Mist.`
        : "Add a neighbor for each of Microsoft's BGP addresses: without it, one zone's failure cuts the site.",
  });
}
