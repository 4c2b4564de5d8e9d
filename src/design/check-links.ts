import { isIpv4Address, overlaps } from './addressing.ts';
import { isBlank, lookAlikeProblem, quote, spaceProblem } from './field-text.ts';
import type { InputDraft, InputSnapshot, TextField, WanPort } from './input-draft.ts';
import type { ProblemList } from './problem-list.ts';
import { whyNotPublic } from './public-address.ts';

/** A link's port and public address; what could not be read is absent and has been reported. */
export interface CheckedLink {
  readonly index: 1 | 2;
  readonly wan?: WanPort;
  readonly publicIp?: string;
}

const WAN_FIELD = { 1: 'link1_wan', 2: 'link2_wan' } as const satisfies Record<1 | 2, TextField>;
const IP_FIELD = { 1: 'link1_public_ip', 2: 'link2_public_ip' } as const satisfies Record<1 | 2, TextField>;

/** Reads the links that the option has and reports fields of a link that it has not. */
export function checkLinks(
  count: 1 | 2,
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): CheckedLink[] {
  const first = checkLink(1, draft, snapshot, problems);
  if (count === 1) {
    for (const field of [WAN_FIELD[2], IP_FIELD[2]]) {
      if (!isBlank(draft[field]))
        problems.report(field, 'This option has one WAN link. Leave this empty or choose a dual-WAN option.');
    }
    return [first];
  }
  const second = checkLink(2, draft, snapshot, problems);
  checkPair(first, second, snapshot, problems);
  return [first, second];
}

function checkLink(
  index: 1 | 2,
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): CheckedLink {
  const wan = checkWan(index, draft, snapshot, problems);
  const publicIp = checkPublicIp(index, draft, snapshot, problems);
  return { index, ...(wan === undefined ? {} : { wan }), ...(publicIp === undefined ? {} : { publicIp }) };
}

function checkWan(
  index: 1 | 2,
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): WanPort | undefined {
  const field = WAN_FIELD[index];
  const text = draft[field];
  if (isBlank(text)) {
    problems.report(field, `Choose the WAN port of link ${index}.`);
    return undefined;
  }
  const [port, twin] = snapshot.wans.filter((candidate) => candidate.name === text);
  if (port === undefined) {
    const known = snapshot.wans.some((candidate) => candidate.name === text.trim());
    const hint = known ? ' Remove the spaces around the name.' : '';
    problems.report(field, `${quote(text)} is not a WAN port of ${snapshot.device.name}.${hint}`);
    return undefined;
  }
  if (twin !== undefined) {
    const keys = `${port.key} and ${twin.key}`;
    problems.report(
      field,
      `Ports ${keys} are both named ${quote(text)}, and Mist refers to them by name. Rename one of them in Mist.`,
    );
    return undefined;
  }
  if (port.ipType === 'dhcp' || port.ipType === 'pppoe') {
    const type = port.ipType === 'dhcp' ? 'DHCP' : 'PPPoE';
    problems.report(
      field,
      `${quote(text)} gets its address by ${type}. Microsoft needs a static address; choose another port.`,
    );
    return undefined;
  }
  return port;
}

function checkPublicIp(
  index: 1 | 2,
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): string | undefined {
  const field = IP_FIELD[index];
  const text = draft[field];
  if (isBlank(text)) {
    problems.report(field, `Enter the public IPv4 address of link ${index}.`);
    return undefined;
  }
  const problem = publicIpProblem(text, snapshot);
  if (problem === undefined) return text;
  problems.report(field, problem);
  return undefined;
}

function publicIpProblem(text: string, snapshot: InputSnapshot): string | undefined {
  const unreadable = spaceProblem(text) ?? lookAlikeProblem(text);
  if (unreadable !== undefined) return unreadable;
  if (!isIpv4Address(text))
    return `${quote(text)} is not an IPv4 address. Enter four numbers such as 203.0.113.10, without a mask.`;
  const reason = whyNotPublic(text);
  if (reason !== undefined)
    return `${text} ${reason}. Enter the address under which Microsoft sees this link.`;
  const lan = snapshot.networks.find((network) => overlaps(network.prefix, text));
  if (lan !== undefined)
    return `${text} is inside network ${quote(lan.name)} (${lan.prefix}). Enter the address of the WAN link.`;
  return undefined;
}

function checkPair(
  first: CheckedLink,
  second: CheckedLink,
  snapshot: InputSnapshot,
  problems: ProblemList,
): void {
  if (first.wan !== undefined && second.wan !== undefined) {
    if (first.wan.name === second.wan.name) {
      problems.report(WAN_FIELD[2], 'Both links use the same WAN port. Choose another port for link 2.');
    } else if (snapshot.device.isHa && first.wan.node === second.wan.node) {
      const message = `Both links leave ${first.wan.node}, so the site is down with that node. Choose a port of the other node for link 2.`;
      problems.report(WAN_FIELD[2], message);
    }
  }
  if (first.publicIp !== undefined && first.publicIp === second.publicIp) {
    problems.report(
      IP_FIELD[2],
      'Both links have the same public address. Microsoft tells them apart by it.',
    );
  }
}
