import type { CheckId } from '../../design/cross-checks/catalogue.ts';
import type { Finding } from '../../design/cross-checks/types.ts';
import { explain, type Explained } from './from-findings.ts';
import type { SitePairs } from './site-pairs.ts';
import type { Cause, Evidence, Symptom } from './types.ts';

const TRAFFIC: readonly CheckId[] = ['X21', 'X22', 'X19', 'X20'];
/** What leaves a connector without any session to stand or fall, and so without routes. Nothing to suspect where it was not compared. */
const NO_SESSION: readonly CheckId[] = ['X18', 'X06'];

/** The router as a whole: away, or not running what Mist has stored. */
export function routerCauses({ now }: Evidence, symptoms: readonly Symptom[]): readonly Cause[] {
  return symptoms.flatMap((symptom): Cause[] => {
    if (symptom.kind === 'router-offline') {
      const since =
        symptom.sinceMs === undefined
          ? ''
          : `, last heard of ${Math.max(1, Math.round((now - symptom.sinceMs) / 60_000))} min ago`;
      return [
        {
          id: 'router-offline',
          subject: 'router',
          likelihood: 'almost certain',
          what: `The router does not report to Mist${since}`,
          evidence: ["Mist's statistics of the device say disconnected"],
          mend: 'Look at its power and uplinks; tunnels may be up all the same, which only Entra can tell until it is back.',
        },
      ];
    }
    if (symptom.kind !== 'config-not-applied') return [];
    const failed = symptom.how === 'failed';
    return [
      {
        id: failed ? 'config-failed' : 'config-pending',
        subject: 'router',
        likelihood: 'likely',
        what: failed
          ? 'The router refused its last configuration and runs an older one'
          : 'A configuration is saved and not yet running on the router',
        evidence: [failed ? 'Mist has a failed configuration event' : 'Mist has not seen the router take it'],
        mend: failed
          ? "Open the device's events in Mist: the failed one names the line. Correct it and save again."
          : 'Wait until Mist reports the configuration as applied; look at the router if that takes longer than 10 minutes.',
      },
    ];
  });
}

/** A connector without a row: its configuration has not arrived, or its software is still being installed. */
export function unreportedCauses(connector: string, hasConfigTrouble: boolean): readonly Cause[] {
  if (hasConfigTrouble) return [];
  return [
    {
      id: 'software-installing',
      subject: connector,
      likelihood: 'possible',
      what: `Mist does not report ${connector}: a router's first IPsec connector installs software, for up to half an hour`,
      evidence: ['The connector is configured and has no row in the statistics, which is not "down"'],
      mend: 'Wait half an hour after the first connector; then save its configuration in Mist once more.',
    },
  ];
}

/** Sides that lack what the other has: a site that is half built. */
export function halfBuiltCauses({ views, inEntra }: Evidence, pairs: SitePairs): readonly Cause[] {
  const causes: Cause[] = [];
  const name = views.mist.read ? views.mist.value.siteName : 'the site';
  for (const link of pairs.linksWithoutConnector) {
    causes.push({
      id: 'no-connector',
      subject: link.name,
      likelihood: 'almost certain',
      what: `Device link ${link.name} in Entra has no connector on the router`,
      evidence: [`No connector of the router has anything in common with ${link.publicIp}`],
      mend: `Create the Secure Edge Connector for ${link.name} in Mist, or remove the link.`,
    });
  }
  for (const { connector, link } of pairs.cases) {
    if (link || inEntra === 'unread') continue;
    causes.push({
      id: 'no-link',
      subject: connector.name,
      likelihood: 'almost certain',
      what: `Connector ${connector.name} has no device link in Entra`,
      evidence: [
        inEntra === 'none'
          ? `No remote network of the tenant belongs to ${name}`
          : `No device link has anything in common with ${connector.localId ?? 'it'}`,
      ],
      mend: `Create the device link in Entra and give the connector its endpoint, or remove ${connector.name} in Mist.`,
    });
  }
  return causes;
}

/** All sessions that there are stand, and the router sends the traffic another way. */
export function trafficCauses(seen: string, findings: readonly Finding[]): Explained {
  const able = findings.filter(({ id, verdict }) => verdict === 'fail' || !NO_SESSION.includes(id));
  return explain(`No session is down, and ${seen}`, [...TRAFFIC, ...NO_SESSION], able, 'site');
}

/** Small packets pass and large ones do not. */
export function packetCauses({ pings }: Evidence): readonly Cause[] {
  return (pings ?? [])
    .filter(({ small, large }) => small === true && large === false)
    .map(({ address }) => ({
      id: 'packet-size',
      subject: address,
      likelihood: 'likely',
      what: `Large packets do not pass the tunnel to ${address}`,
      evidence: ['The router got answers to small pings and none to large ones'],
      mend: 'Set the MTU of the tunnel to 1,380 and clamp the MSS (Entra "Operate remote networks").',
    }));
}

/** Two reports of one thing that cannot both be true now. */
export function contradictionCauses(symptoms: readonly Symptom[]): readonly Cause[] {
  return symptoms.flatMap((symptom): Cause[] =>
    symptom.kind === 'contradiction'
      ? [
          {
            id: 'late-report',
            subject: symptom.connector,
            likelihood: 'possible',
            what: 'The two vendors contradict each other: one of the two reports is late',
            evidence: [symptom.text],
            mend: "Ask again in 15 minutes: Entra writes a record of every living tunnel so often, and Mist's rows are minutes old.",
          },
        ]
      : [],
  );
}
