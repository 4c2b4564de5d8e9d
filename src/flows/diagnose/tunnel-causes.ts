import type { CheckId } from '../../design/cross-checks/catalogue.ts';
import type { Finding } from '../../design/cross-checks/types.ts';
import { isPrivateRange } from '../../design/public-address.ts';
import { explain, waitingCause, type Explained } from './from-findings.ts';
import { isAbout, type ConnectorCase, type SitePairs } from './site-pairs.ts';
import type { Cause, Evidence, Symptom, TunnelTrouble } from './types.ts';

type TunnelDown = Extract<Symptom, { kind: 'tunnel-down' }>;

const IDENTITY: readonly CheckId[] = ['X01', 'X02', 'X04'];
const PROPOSALS: readonly CheckId[] = ['X02', 'X09', 'X10', 'X11', 'X12', 'X13', 'X16', 'X17'];
/** Which values can cause what IKE says. Sources: RFC 7296 §2.7, §2.21; the addresses are those of the catalogue of cross-checks. */
const ABLE: Readonly<Record<TunnelTrouble, readonly CheckId[]>> = {
  // Another of Microsoft's gateways answers as well, with a policy and a key that are not meant for this connector.
  authentication: [...IDENTITY, 'X03'],
  proposal: [...PROPOSALS, 'X03'],
  silent: ['X03', 'X17'],
  'no-wan': ['X17'],
  'wan-down': ['X17'],
  'not-ipsec': ['X16'],
  unclear: ['X03', 'X16', 'X17', ...IDENTITY, 'X09', 'X10', 'X11', 'X12', 'X13', 'X14'],
};
/** What breaks a tunnel at all, for what waits behind the first cause. */
const BREAKING: readonly CheckId[] = [
  'X01',
  'X02',
  'X03',
  'X04',
  'X09',
  'X10',
  'X11',
  'X12',
  'X13',
  'X14',
  'X16',
  'X17',
];
const NOTHING: Explained = { causes: [], cannotTell: [] };
const ENDPOINT_IS_FOREIGN = "Nothing answers at the connector's address";

/** Why one tunnel is down. */
export function tunnelCauses(
  evidence: Evidence,
  symptom: TunnelDown,
  one: ConnectorCase,
  pairs: SitePairs,
  findings: readonly Finding[],
): Explained {
  const own = findings.filter((found) => isAbout(found, one));
  const seen = `${symptom.connector} is down: ${symptom.words || 'no reason given'}`;
  const able = ableOf(symptom, own);
  // A port that is down needs no suspicion beside it.
  const asked = symptom.trouble === 'wan-down' ? own.filter(({ verdict }) => verdict === 'fail') : own;
  const explained = explain(seen, able, asked, symptom.connector);
  const named = new Set(explained.causes.map(({ id }) => id));
  const hidden = own
    .filter(({ id, verdict }) => verdict === 'fail' && BREAKING.includes(id) && !named.has(id))
    .map((found) => waitingCause(found, 'It also differs, and shows once the first cause is mended'));
  const certain = explained.causes.some(({ likelihood }) => likelihood !== 'possible');
  const other = certain ? NOTHING : unexplained(evidence, symptom, one, pairs, seen, explained);
  return {
    causes: [...explained.causes, ...other.causes, ...hidden],
    cannotTell: [...explained.cannotTell, ...other.cannotTell],
  };
}

/**
 * A PFS difference shows at a rekey only, as a proposal that does not match (RFC 7296 §1.3): it explains a tunnel that was up. Where
 * nothing else differs it also explains one whose history is not known.
 */
function ableOf({ trouble, wasUp, atRekey }: TunnelDown, own: readonly Finding[]): readonly CheckId[] {
  const able = ABLE[trouble];
  if (trouble !== 'proposal') return able;
  const differs = own.some(({ id, verdict }) => verdict === 'fail' && able.includes(id));
  return atRekey || wasUp || !differs ? [...able, 'X14'] : able;
}

/** What is left where no value differs that could cause it. */
function unexplained(
  evidence: Evidence,
  symptom: TunnelDown,
  one: ConnectorCase,
  pairs: SitePairs,
  seen: string,
  explained: Explained,
): Explained {
  const subject = symptom.connector;
  const cause = (
    id: Cause['id'],
    likelihood: Cause['likelihood'],
    what: string,
    mend: string,
    more: readonly string[] = [],
  ): Cause => ({ id, subject, likelihood, what, evidence: [seen, ...more], mend });

  if (symptom.trouble === 'wan-down') {
    const wan = one.connector.wan ?? 'the WAN port';
    const what = `WAN port ${wan} is down`;
    return only(cause('wan-down', 'almost certain', what, `Look at the cable and the provider of ${wan}.`));
  }
  const moved = addressMoved(evidence, one);
  if (moved) return only(cause('public-ip-changed', 'likely', moved.what, moved.mend, moved.evidence));
  if (symptom.trouble === 'silent') return silent(evidence, one, pairs, cause);
  // What could not be compared comes before the suspicion that the router runs something else.
  if (explained.causes.length > 0) return NOTHING;
  const stale = cause(
    'not-running-it',
    'possible',
    'Both configurations agree: the router may not run what Mist has stored',
    "Look at the router's configuration events in Mist, and save its configuration once more.",
    ['No value differs that could cause this'],
  );
  return only(stale);
}

type MakeCause = (
  id: Cause['id'],
  likelihood: Cause['likelihood'],
  what: string,
  mend: string,
  more?: readonly string[],
) => Cause;

function silent(evidence: Evidence, one: ConnectorCase, pairs: SitePairs, cause: MakeCause): Explained {
  const { tunnels } = evidence;
  const up = (name: string): boolean =>
    tunnels.read && tunnels.value.some((row) => row.name === name && row.up === true);
  const others = pairs.cases.filter(({ connector }) => connector !== one.connector && up(connector.name));
  const sameWan = others.some(({ connector }) => connector.wan === one.connector.wan);
  const endpoint = one.connector.endpoint ?? '?';
  const away = (likelihood: Cause['likelihood'], more: readonly string[]): Cause =>
    cause(
      'microsoft-silent',
      likelihood,
      `Microsoft's gateway ${endpoint} does not answer`,
      "Look at Microsoft's service health; open a case with the endpoint and the time.",
      [ENDPOINT_IS_FOREIGN, ...more],
    );
  const blocked = cause(
    'udp-blocked',
    'possible',
    `UDP 500 or 4500 does not pass on WAN ${one.connector.wan ?? '?'}`,
    'Ask the provider whether UDP 500, UDP 4500 and IPsec pass, and look for an IPsec helper in a modem before the router.',
    [ENDPOINT_IS_FOREIGN],
  );
  if (sameWan) {
    const more = `Another tunnel is up over WAN ${one.connector.wan ?? '?'}, so IPsec passes there`;
    return only(away('likely', [more]));
  }
  return {
    causes: [away('possible', []), blocked],
    cannotTell: [
      {
        ids: ['microsoft-silent', 'udp-blocked'],
        subject: one.connector.name,
        because: 'a gateway that is away and a provider that blocks UDP 500 or 4500 both look like no answer',
        how: "Capture UDP 500 on the router's WAN port, and look at Microsoft's service health.",
      },
    ],
  };
}

/** The address under which the internet sees the port now, where Mist reports another one than Entra expects. */
function addressMoved(
  { device }: Evidence,
  { connector, link }: ConnectorCase,
): { what: string; mend: string; evidence: readonly string[] } | undefined {
  if (!device.read || !link || connector.wan === undefined) return undefined;
  const { portIps, natIps = {} } = device.value;
  const own = portIps[connector.wan];
  // A private address says nothing of what the internet sees.
  const seen = natIps[connector.wan] ?? (own !== undefined && !isPrivateRange(own) ? own : undefined);
  if (seen === undefined || seen === link.publicIp) return undefined;
  return {
    what: `WAN ${connector.wan} is seen at ${seen}, and Entra expects the site at ${link.publicIp}`,
    mend: `Get ${link.publicIp} back from the provider, or create the device link again with ${seen} and read its endpoint anew.`,
    evidence: [`Mist reports ${seen} for ${connector.wan}`],
  };
}

function only(cause: Cause): Explained {
  return { causes: [cause], cannotTell: [] };
}
