import type { LinkDesign, SiteDesign } from '../types.ts';
import { neighborChecks, routerBgpChecks } from './bgp-checks.ts';
import { CHECK_IDS, type CheckId } from './catalogue.ts';
import { finding, notRead } from './findings.ts';
import { pairUp, zonesOf, type Pair, type Pairing } from './pairing.ts';
import { policyChecks } from './policy-checks.ts';
import {
  acceptedChecks,
  addressChecks,
  limitChecks,
  namingCheck,
  publicAddressChecks,
  regionCheck,
  wanChecks,
} from './site-checks.ts';
import { routerAloneChecks } from './router-alone.ts';
import { profileChecks, routingChecks } from './traffic-checks.ts';
import { tunnelChecks } from './tunnel-checks.ts';
import type { Finding, SiteViews } from './types.ts';
import type { EntraView, MistView } from './views.ts';

/**
 * Everything that two portals must agree on and that one site needs, checked over whatever could be read: what would be written
 * (before a change), what stands (after it), or a site that somebody built by hand. Findings come in the order X01 to X30, several of
 * one ID where several links or neighbors have it. What a side that was not read would have decided is `unknown`. Pure; never throws.
 */
export function crossCheck(views: SiteViews): readonly Finding[] {
  const { entra, mist, around } = views;
  const found: Finding[] = [];
  if (entra.read) {
    found.push(...profileChecks(entra.value, views), ...acceptedChecks(entra.value));
    found.push(
      ...addressChecks(entra.value, mist.read ? mist.value : undefined, around, views.design),
      regionCheck(entra.value, mist.read ? mist.value : undefined, views.design),
      ...(around ? [...limitChecks(entra.value, around), ...publicAddressChecks(entra.value, around)] : []),
    );
  }
  if (mist.read) found.push(...routingChecks(mist.value, views));
  if (entra.read && mist.read) found.push(...bothSides(entra.value, mist.value, views.design));
  found.push(...undecided(views, new Set(found.map(({ id }) => id))));
  return inOrder(found);
}

/**
 * {@link crossCheck}, and where Entra could not be read also what is wrong on the router by itself: no comparison, but a cause. What one
 * connector has wrong leaves the same check unknown for the rest of the site.
 */
export function crossCheckForCauses(views: SiteViews): readonly Finding[] {
  const found = crossCheck(views);
  if (views.entra.read || !views.mist.read) return found;
  const alone = routerAloneChecks(views.mist.value);
  const decided = new Set(alone.flatMap(({ id, verdict }) => (verdict === 'pass' ? [id] : [])));
  return inOrder([...found.filter(({ id, verdict }) => verdict !== 'unknown' || !decided.has(id)), ...alone]);
}

function inOrder(found: readonly Finding[]): readonly Finding[] {
  return found.toSorted((a, b) => CHECK_IDS.indexOf(a.id) - CHECK_IDS.indexOf(b.id));
}

function bothSides(entra: EntraView, mist: MistView, design: SiteDesign | undefined): Finding[] {
  const pairing = pairUp(entra, mist);
  return [
    ...pairing.pairs.flatMap((pair) => [
      ...tunnelChecks(pair, mist, designOf(pair, design)),
      ...policyChecks(pair),
      ...routerBgpChecks(pair, design),
    ]),
    ...entra.links.flatMap((link) => neighborChecks(link, pairing.pairs)),
    ...entra.links.flatMap((link) => unusedEndpoint(link.name, link, pairing)),
    ...wanChecks(entra, mist, pairing),
    namingCheck(entra, mist, pairing),
  ];
}

function designOf({ link }: Pair, design: SiteDesign | undefined): LinkDesign | undefined {
  return (
    design?.links.find((own) => own.name === link.name) ??
    design?.links.find((own) => own.publicIp === link.publicIp)
  );
}

/** Microsoft offers an endpoint for each zone; over one tunnel the second one is not dialled, which is the guide's way and said all the same. */
function unusedEndpoint(subject: string, link: EntraView['links'][number], { pairs }: Pairing): Finding[] {
  if (zonesOf(link).length === 1 || !link.instances.read) return [];
  const dialled = pairs.filter((pair) => pair.link === link).map((pair) => pair.connector.endpoint);
  const [unused] = link.instances.value.filter(({ endpoint }) => !dialled.includes(endpoint));
  if (unused === undefined || dialled.length !== 1) return [];
  return [
    finding(
      'X03',
      subject,
      'warning',
      { entra: { value: unused.endpoint }, mist: { value: undefined } },
      {
        message: `Zone 2 of ${subject} has an endpoint of its own at Microsoft, which is not dialled: one tunnel carries the sessions of both zones`,
        mend: "Juniper's guide has it so, Microsoft documents one tunnel per zone. If zone 2 stays silent, ask again with that topology.",
      },
    ),
  ];
}

/** Checks that need only one side, and so are decided where the other one is unread. */
const OF_MIST: ReadonlySet<CheckId> = new Set(['X21', 'X22']);
const OF_ENTRA: ReadonlySet<CheckId> = new Set(['X19', 'X20', 'X25', 'X26', 'X27', 'X29', 'X30']);

function undecided({ entra, mist }: SiteViews, decided: ReadonlySet<CheckId>): Finding[] {
  if (entra.read && mist.read) return [];
  return CHECK_IDS.filter((id) => !decided.has(id)).flatMap((id) => {
    const unread = [
      ...(entra.read || OF_MIST.has(id) ? [] : [entra]),
      ...(mist.read || OF_ENTRA.has(id) ? [] : [mist]),
    ];
    const [first] = unread;
    if (first === undefined) return [];
    const sides = {
      ...(entra.read || OF_MIST.has(id) ? {} : { entra: { unread: entra } }),
      ...(mist.read || OF_ENTRA.has(id) ? {} : { mist: { unread: mist } }),
    };
    return [finding(id, 'site', 'unknown', sides, notRead(first))];
  });
}
