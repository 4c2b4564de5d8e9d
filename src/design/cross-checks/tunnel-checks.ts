import type { LinkDesign } from '../types.ts';
import { agree, finding, said, type Side } from './findings.ts';
import { noInstance, type Pair } from './pairing.ts';
import type { Finding } from './types.ts';
import type { ComparableKey, MistConnectorView, MistView, WanView } from './views.ts';

const NOT_SHOWN = { why: 'Graph does not show it' };

/** X01 to X04, X16 and X17 of one connector: what IKE needs before it talks about proposals. */
export function tunnelChecks(pair: Pair, mist: MistView, design: LinkDesign | undefined): Finding[] {
  const { connector, link } = pair;
  const subject = connector.name;
  const endpoint = endpointSide(pair);
  return [
    keyCheck(pair),
    agree('X02', subject, {
      design: design?.publicIp,
      entra: said(link.publicIp),
      mist: said(connector.localId),
    }),
    agree('X03', subject, { entra: endpoint, mist: said(connector.endpoint) }, staleEndpoint(pair)),
    remoteIdCheck(pair, endpoint),
    kindCheck(connector),
    wanCheck(pair, mist, design),
  ];
}

function endpointSide({ instance, link }: Pair): Side {
  return instance === undefined ? { unread: noInstance(link) } : said(instance.endpoint);
}

/** Never says what a key is, only whether the two are the same. */
function keyCheck({ link, zone, connector }: Pair): Finding {
  const theirs = zone === 1 ? link.psk : link.zonePsk;
  const ours = connector.psk;
  const subject = connector.name;
  const mend =
    'Write the key anew on both sides. IKE reports a wrong key and a wrong ID by the same error, so look at X02 and X04 as well.';
  if (ours === undefined) {
    const sides = { entra: keySide(theirs), mist: said(undefined) };
    return finding('X01', subject, 'fail', sides, { message: 'The connector has no key', mend });
  }
  if (theirs === undefined) {
    const sides = { entra: { unread: NOT_SHOWN }, mist: said('[secret]') };
    return finding('X01', subject, 'unknown', sides, {
      message: 'Graph did not return the key of this link, so the two cannot be compared',
      mend: 'Write the key anew on both sides if the tunnel reports AUTHENTICATION_FAILED.',
    });
  }
  const isSame = ours.equals(theirs);
  const sides = { entra: said('[secret]'), mist: said(isSame ? '[secret]' : '[another secret]') };
  return finding('X01', subject, isSame ? 'pass' : 'fail', sides, {
    message: 'Entra and Mist hold different keys',
    mend,
  });
}

function keySide(key: ComparableKey | undefined): Side {
  return key === undefined ? { unread: NOT_SHOWN } : said('[secret]');
}

function staleEndpoint({ instance, connector }: Pair): { message?: string; mend?: string } {
  if (instance === undefined || connector.endpoint === instance.endpoint) return {};
  return {
    message: `Microsoft's endpoint is ${instance.endpoint}, and the connector dials ${connector.endpoint ?? 'nothing'}`,
    mend: `Set IP or Hostname of the connector in Mist to ${instance.endpoint}; a link that was created again may have got another endpoint.`,
  };
}

/** Without a remote ID the router expects the address that it dials (strongSwan and Libreswan both do; an SSR is not proven). */
function remoteIdCheck({ connector }: Pair, endpoint: Side): Finding {
  const sides = { entra: endpoint, mist: said(connector.remoteId) };
  if (connector.remoteId !== undefined) return agree('X04', connector.name, sides);
  return finding('X04', connector.name, 'warning', sides, {
    message: 'The connector has no remote ID; the address that it dials is expected to identify Microsoft',
    mend: "Set Remote ID in Mist to Microsoft's endpoint.",
  });
}

/** X16 of one connector, which needs the router's side only. */
export function kindCheck({ provider, protocol, version, name }: MistConnectorView): Finding {
  const seen = `${provider ?? 'no provider'}, ${protocol ?? 'no protocol'}, IKE version ${version ?? 'unknown'}`;
  const isRight = provider === 'custom-ipsec' && protocol === 'ipsec' && version === '2';
  return finding(
    'X16',
    name,
    isRight ? 'pass' : 'fail',
    { entra: said('IKEv2'), mist: said(seen) },
    {
      message: `Microsoft speaks IKEv2 only, and the connector is ${seen}`,
      mend: 'Set provider Custom, protocol IPsec and IKE version 2 in Mist.',
    },
  );
}

function wanCheck({ connector, link }: Pair, mist: MistView, design: LinkDesign | undefined): Finding {
  const subject = connector.name;
  const ports = mist.wans.filter(({ name }) => name === connector.wan);
  const port = ports.find(({ ip, extIp }) => [ip, extIp].includes(link.publicIp)) ?? ports[0];
  const sides = {
    design: design && `${design.wan} ${design.publicIp}`,
    entra: said(link.publicIp),
    mist: said(connector.wan && `${connector.wan}${port?.ip === undefined ? '' : ` ${port.ip}`}`),
  };
  const fail = (message: string, mend: string) => finding('X17', subject, 'fail', sides, { message, mend });
  if (connector.wan === undefined || port === undefined) {
    return fail(
      connector.wan === undefined
        ? 'The connector names no WAN interface'
        : `${connector.wan} is not a WAN port of ${mist.deviceName}`,
      'Set WAN Interface of the connector in Mist to the port that has the public address.',
    );
  }
  if (design !== undefined && connector.wan !== design.wan)
    return fail(
      `The connector leaves ${connector.wan}, and the design says ${design.wan}`,
      `Set WAN Interface of the connector in Mist to ${design.wan}.`,
    );
  if (port.disabled)
    return fail(`WAN port ${port.name} is switched off`, 'Switch the port on in Mist, or use another one.');
  if (port.ipType === 'dhcp' || port.ipType === 'pppoe')
    return fail(
      `WAN port ${port.name} gets its address by ${port.ipType.toUpperCase()}`,
      'Give the port a static address: Entra knows the site by it.',
    );
  const owner = mist.wans.find(({ ip, extIp }) => [ip, extIp].includes(link.publicIp));
  if (owner !== undefined && owner.name !== port.name)
    return fail(
      `The connector leaves ${port.name}, and ${link.publicIp} is the address of ${owner.name}`,
      `Set WAN Interface of the connector in Mist to ${owner.name}.`,
    );
  return addressOf(port, link.publicIp, (verdict, message, mend) =>
    finding('X17', subject, verdict, sides, { message, mend }),
  );
}

/** What is known of a port's address from outside. */
function addressOf(
  port: WanView,
  publicIp: string,
  answer: (verdict: Finding['verdict'], message: string, mend: string) => Finding,
): Finding {
  if (port.ip === publicIp) return answer('pass', '', '');
  if (port.extIp === publicIp)
    return answer(
      'warning',
      `${port.name} is behind NAT at ${publicIp}`,
      'UDP 500 and 4500 must pass the NAT unchanged in both directions.',
    );
  if (port.ip === undefined)
    return answer(
      'unknown',
      `The address of WAN port ${port.name} is not known to Mist`,
      `See that ${port.name} really has ${publicIp}.`,
    );
  return answer(
    'warning',
    `Mist knows ${port.name} as ${port.extIp ?? port.ip}, and Entra expects the site at ${publicIp}: NAT, or a typing error`,
    'Behind a NAT, enter the external address at the port in Mist, and see that UDP 500 and 4500 pass; else correct the address.',
  );
}
