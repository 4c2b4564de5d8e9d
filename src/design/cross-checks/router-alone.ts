import { bindingCheck, isWithinReach } from './bgp-checks.ts';
import { CHECKS, type CheckId } from './catalogue.ts';
import { finding, said } from './findings.ts';
import { looksLikeMicrosoft } from './microsoft-connectors.ts';
import { kindCheck } from './tunnel-checks.ts';
import type { Finding } from './types.ts';
import type { MistConnectorView, MistGroupView, MistView } from './views.ts';

/**
 * What shows on the router's side alone, for a diagnosis where Entra could not be read: the kind of each connector that is meant for
 * Microsoft (decided either way), and what is wrong whatever Entra has. All else stays open: that a group is bound does not say that it
 * is bound to the right connector.
 */
export function routerAloneChecks(mist: MistView): Finding[] {
  return mist.connectors
    .filter(looksLikeMicrosoft)
    .flatMap((connector) => [
      kindCheck(connector),
      ...[bindingCheck(connector)].filter(({ verdict }) => verdict === 'fail'),
      ...portCheck(connector, mist),
      ...absences(connector),
      ...(connector.group ? neighborFaults(connector, connector.group) : []),
    ]);
}

function portCheck({ name, wan }: MistConnectorView, { wans, deviceName }: MistView): Finding[] {
  const port = wans.find((one) => one.name === wan);
  if (wan === undefined) return [wrong('X17', name, 'The connector names no WAN interface')];
  if (!port) return [wrong('X17', name, `${wan} is not a WAN port of ${deviceName}`, wan)];
  return port.disabled ? [wrong('X17', name, `WAN port ${wan} is switched off`, wan)] : [];
}

/** No connector works without these, whatever the other side has. */
function absences({ name, psk, localId, endpoint, deviceBgp, policy, group }: MistConnectorView): Finding[] {
  const needed: readonly (readonly [CheckId, unknown])[] = [
    ['X01', psk],
    ['X02', localId],
    ['X03', endpoint],
    ['X05', deviceBgp],
    ...(group ? ([['X07', group.localAs]] as const) : []),
    ['X09', policy.ikeEncryption],
    ['X10', policy.ikeIntegrity],
    ['X11', policy.dhGroup],
    ['X12', policy.espEncryption],
  ];
  return needed.flatMap(([id, value]) =>
    value === undefined ? [wrong(id, name, `${CHECKS[id].title}: Mist has nothing`)] : [],
  );
}

function neighborFaults({ name, deviceBgp }: MistConnectorView, group: MistGroupView): Finding[] {
  if (group.neighbors.length === 0) return [wrong('X06', name, `BGP group ${group.name} has no neighbor`)];
  return group.neighbors.flatMap((neighbor) => {
    const { address, asn, disabled } = neighbor;
    const subject = `neighbor ${address}`;
    return [
      ...(asn === undefined ? [wrong('X08', subject, `Neighbor ${address} has no AS number`)] : []),
      ...(asn !== undefined && asn === group.localAs
        ? [wrong('X08', subject, `Both ends of the session have AS ${asn}`, asn)]
        : []),
      ...(deviceBgp === undefined || isWithinReach(neighbor, deviceBgp)
        ? []
        : [
            wrong(
              'X06',
              subject,
              `${address} is more than one hop away and the neighbor has no multihop TTL`,
              address,
            ),
          ]),
      ...(disabled ? [wrong('X23', subject, `Neighbor ${address} is switched off`, 'switched off')] : []),
    ];
  });
}

function wrong(id: CheckId, subject: string, message: string, value?: string | number): Finding {
  const mend = `Correct ${CHECKS[id].portal.mist ?? 'it'} in Mist.`;
  return finding(id, subject, 'fail', { mist: said(value) }, { message, mend });
}
