import type { CheckId } from '../../design/cross-checks/catalogue.ts';
import { pairUp, microsoftAddress } from '../../design/cross-checks/pairing.ts';
import type { Finding } from '../../design/cross-checks/types.ts';
import { explain, type Explained } from './from-findings.ts';
import { isAbout, type ConnectorCase } from './site-pairs.ts';
import type { Cause, Evidence, Symptom } from './types.ts';

type NeighborDown = Extract<Symptom, { kind: 'neighbor-down' | 'neighbor-unreported' }>;
type NoRoutes = Extract<Symptom, { kind: 'no-routes' }>;

/** What leaves a tunnel up and a neighbor down. X23 says that one is switched off or missing, X25 that an address is used elsewhere. */
const ABLE: readonly CheckId[] = ['X05', 'X06', 'X07', 'X08', 'X18', 'X23', 'X25'];
/** Findings about the site as a whole that concern each neighbor. */
const OF_THE_SITE: readonly CheckId[] = ['X25'];
/** X23 counts what X06 or X18 names: it says nothing more beside them. */
const COUNTED_BY: readonly CheckId[] = ['X06', 'X18'];

/** Why a neighbor is down while its tunnel is up. */
export function neighborCauses(
  evidence: Evidence,
  symptom: NeighborDown,
  one: ConnectorCase,
  findings: readonly Finding[],
): Explained {
  const state = symptom.kind === 'neighbor-down' ? symptom.state : 'not reported by Mist';
  const seen = `Neighbor ${symptom.address} is ${state} while ${symptom.connector} is up`;
  const own = relevant(findings, one, symptom.address);
  const explained = explain(seen, ABLE, own, symptom.address);
  if (explained.causes.some(({ likelihood }) => likelihood !== 'possible')) return explained;
  if (explained.causes.length > 0 || symptom.kind === 'neighbor-unreported') return explained;
  return zoneCauses(evidence, symptom, one, seen);
}

function relevant(findings: readonly Finding[], one: ConnectorCase, address: string): readonly Finding[] {
  const own = findings.filter(
    (found) => (isAbout(found, one) || OF_THE_SITE.includes(found.id)) && !isOfAnother(found, address, one),
  );
  // Whether others use an address was not asked; that is no suspicion.
  const known = own.filter(({ id, verdict }) => id !== 'X25' || verdict === 'fail');
  const named = known.some(({ id, verdict }) => verdict === 'fail' && COUNTED_BY.includes(id));
  return named ? known.filter(({ id }) => id !== 'X23') : known;
}

/** A finding that names another neighbor of the same connector does not explain this one. */
function isOfAnother(
  { subject, id, mist, entra }: Finding,
  address: string,
  { link, connector }: ConnectorCase,
): boolean {
  if (subject.startsWith('neighbor ')) return subject !== `neighbor ${address}`;
  const others = (connector.group?.neighbors ?? []).map((n) => n.address).filter((a) => a !== address);
  if (id === 'X06' && link) {
    // The value of one zone; it concerns the neighbor that has it, or the one that has something else in its place.
    return mist !== undefined && mist !== address && others.includes(mist) && entra !== address;
  }
  return false;
}

/** Both configurations agree: the other end of the session does not answer. */
function zoneCauses({ views }: Evidence, symptom: NeighborDown, one: ConnectorCase, seen: string): Explained {
  const { link } = one;
  const isZone2 = link?.zoneRedundant === true && microsoftAddress(link, 2) === symptom.address;
  const sharesTunnel = isZone2 && !hasOwnTunnel(views, one);
  const wasUp = symptom.kind === 'neighbor-down' && symptom.wasUp;
  const cause = (id: Cause['id'], likelihood: Cause['likelihood'], what: string, mend: string): Cause => ({
    id,
    subject: symptom.address,
    likelihood,
    what,
    evidence: [seen, 'BGP addresses and AS numbers agree on both sides'],
    mend,
  });
  const zone = isZone2 ? 'second zone' : 'gateway';
  const away = (likelihood: Cause['likelihood']): Cause =>
    cause(
      'zone-away',
      likelihood,
      `Microsoft's ${zone} does not answer at ${symptom.address}`,
      "Look at Microsoft's service health; traffic uses what is left meanwhile.",
    );
  if (!sharesTunnel || wasUp) return { causes: [away('likely')], cannotTell: [] };
  const topology = cause(
    'zone-over-one-tunnel',
    'possible',
    "Microsoft may not serve zone 2 over the first zone's tunnel",
    'Give zone 2 a tunnel of its own (zone topology "a tunnel for each zone").',
  );
  return {
    causes: [away('possible'), topology],
    cannotTell: [
      {
        ids: ['zone-away', 'zone-over-one-tunnel'],
        subject: symptom.address,
        because: 'the neighbor of zone 2 has not been up, so that nothing tells which of both it is',
        how: "Microsoft's service health tells about the zone; a tunnel of its own for zone 2 tells about the topology.",
      },
    ],
  };
}

function hasOwnTunnel({ entra, mist }: Evidence['views'], { link }: ConnectorCase): boolean {
  if (!entra.read || !mist.read) return false;
  return pairUp(entra.value, mist.value).pairs.some(
    (pair) => pair.link.name === link?.name && pair.zone === 2,
  );
}

/** Why an established neighbor has no route. */
export function noRoutesCauses(
  { views }: Evidence,
  symptom: NoRoutes,
  one: ConnectorCase,
  findings: readonly Finding[],
): Explained {
  const seen = `Neighbor ${symptom.address} is established and nothing is learned from it`;
  const explained = explain(seen, ['X19', 'X20'], findings, symptom.address);
  const neighbor = one.connector.group?.neighbors.find(({ address }) => address === symptom.address);
  const policy = neighbor?.importPolicy;
  const terms =
    policy !== undefined && views.mist.read ? views.mist.value.routingPolicies[policy] : undefined;
  const refusesAll = terms !== undefined && !terms.some(({ accept }) => accept);
  const refused: Cause[] = refusesAll
    ? [
        {
          id: 'policy-refuses-all',
          subject: symptom.address,
          likelihood: 'almost certain',
          what: `Import policy ${policy ?? '?'} lets nothing in`,
          evidence: [seen],
          mend: `Add a term that accepts to routing policy ${policy ?? '?'} in Mist.`,
        },
      ]
    : [];
  return {
    causes: [...explained.causes, ...refused],
    cannotTell: refused.length > 0 ? [] : explained.cannotTell,
  };
}
