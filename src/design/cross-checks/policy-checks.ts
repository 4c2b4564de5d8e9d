import { agree, finding, said } from './findings.ts';
import type { Pair } from './pairing.ts';
import type { CheckId } from './catalogue.ts';
import type { Finding } from './types.ts';
import type { PolicyView } from './views.ts';

/**
 * The four phase-1 combinations of Entra's default policy. Its phase 2 is GCM without PFS, which no Mist proposal can name.
 * Source: Entra "Remote network configurations", default IKE policy.
 */
const DEFAULT_POLICY: readonly Pick<PolicyView, 'ikeEncryption' | 'ikeIntegrity'>[] = [
  { ikeEncryption: 'gcmAes256', ikeIntegrity: 'sha384' },
  { ikeEncryption: 'gcmAes128', ikeIntegrity: 'sha256' },
  { ikeEncryption: 'aes256', ikeIntegrity: 'sha384' },
  { ikeEncryption: 'aes128', ikeIntegrity: 'sha256' },
];
const DEFAULT_GROUP = 24;

/** Seconds that Entra's SA lifetime must exceed. Source: Entra "Remote network configurations". */
const LIFETIME_ABOVE = 300;

/** X09 to X15 of one connector. */
export function policyChecks({ connector, link }: Pair): Finding[] {
  const subject = connector.name;
  const theirs = link.policy;
  const ours = connector.policy;
  if (theirs.isEntraDefault === true) return [...defaultPolicy(subject, ours)];
  const compare = (id: CheckId, key: keyof PolicyView, several: string): Finding => {
    const result = agree(id, subject, { entra: said(text(theirs[key])), mist: said(text(ours[key])) });
    // Of several proposals the first one was compared; another one may agree.
    const isOpen = connector.extras.includes(several) || [theirs[key], ours[key]].includes('unrecognised');
    return result.verdict === 'fail' && isOpen ? { ...result, verdict: 'unknown' } : result;
  };
  const isCombined = theirs.ikeEncryption?.startsWith('gcm') === true;
  return [
    compare('X09', 'ikeEncryption', 'ike_proposals'),
    // A combined-mode cipher brings its own integrity; Entra then names the cipher in its place.
    isCombined && theirs.ikeIntegrity === theirs.ikeEncryption
      ? finding('X10', subject, 'pass', { entra: said(theirs.ikeIntegrity), mist: said(ours.ikeIntegrity) })
      : compare('X10', 'ikeIntegrity', 'ike_proposals'),
    compare('X11', 'dhGroup', 'ike_proposals'),
    compare('X12', 'espEncryption', 'ipsec_proposals'),
    compare('X13', 'espIntegrity', 'ipsec_proposals'),
    compare('X14', 'pfsGroup', 'ipsec_proposals'),
    lifetime(subject, theirs.saLifetimeSeconds, ours.saLifetimeSeconds),
  ];
}

function text(value: PolicyView[keyof PolicyView]): string | undefined {
  if (value === undefined) return undefined;
  return value === 0 ? 'none' : String(value);
}

function* defaultPolicy(subject: string, ours: PolicyView): Generator<Finding> {
  const entra = said("Entra's default policy");
  const mend =
    'Choose the custom IKE policy at the link in Entra (a new link), with the values of the router.';
  const isOffered = DEFAULT_POLICY.some(
    (offer) => offer.ikeEncryption === ours.ikeEncryption && offer.ikeIntegrity === ours.ikeIntegrity,
  );
  yield finding(
    'X09',
    subject,
    isOffered ? 'pass' : 'fail',
    { entra, mist: said(`${ours.ikeEncryption ?? 'nothing'}, ${ours.ikeIntegrity ?? 'nothing'}`) },
    { message: "The link uses Entra's default policy, which does not offer the router's encryption", mend },
  );
  yield finding(
    'X11',
    subject,
    ours.dhGroup === DEFAULT_GROUP ? 'pass' : 'fail',
    { entra, mist: said(ours.dhGroup) },
    {
      message: `The link uses Entra's default policy, which needs Diffie-Hellman group ${DEFAULT_GROUP}`,
      mend,
    },
  );
  yield finding(
    'X14',
    subject,
    'fail',
    { entra, mist: said(ours.pfsGroup) },
    {
      message: "Entra's default policy has no PFS, and the router asks for it at the first rekey",
      mend,
    },
  );
}

/** Lifetimes are not negotiated: whoever's is shorter starts the rekey, so a difference breaks nothing. */
function lifetime(subject: string, theirs: number | undefined, ours: number | undefined): Finding {
  const sides = { entra: said(theirs), mist: said(ours) };
  if (theirs !== undefined && theirs <= LIFETIME_ABOVE) {
    return finding('X15', subject, 'warning', sides, {
      message: `Entra wants an SA lifetime above ${LIFETIME_ABOVE} s`,
      mend: 'Use 1800 s on both sides.',
    });
  }
  return finding('X15', subject, theirs === ours ? 'pass' : 'warning', sides, {
    message: 'The two SA lifetimes differ; the shorter one starts the rekey',
    mend: 'Use one value on both sides, so that a fault at the rekey shows when it is expected.',
  });
}
