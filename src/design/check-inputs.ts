import {
  checkBandwidth,
  checkDeviceAsn,
  checkIke,
  checkMode,
  checkNetworks,
  checkOption,
  checkRegion,
  checkTicket,
  checkZoneTopology,
} from './check-choices.ts';
import { checkLinks, type CheckedLink } from './check-links.ts';
import { checkOverrides, type CheckedOverrides } from './check-overrides.ts';
import { checkRanges } from './check-ranges.ts';
import { isBlank, quote } from './field-text.ts';
import type { InputDraft, InputSnapshot } from './input-draft.ts';
import { createProblemList, type ProblemList } from './problem-list.ts';
import { redundancyOf } from './redundancy.ts';
import type { InputProblem, LinkInputs, SiteInputs } from './types.ts';

/** Either inputs that `designSite` accepts, or every problem at once, at most one per field. */
export type CheckedInputs = { readonly inputs: SiteInputs } | { readonly problems: readonly InputProblem[] };

/**
 * Reads what was typed. Uses only the draft and the snapshot, never throws on any text, and trims nothing but the ticket.
 * A problem at `device` is reported at `link1_wan` when the draft has no `device`, because the form then has no such block.
 */
export function checkInputs(draft: InputDraft, snapshot: InputSnapshot): CheckedInputs {
  const problems = createProblemList();
  checkDevice(draft, snapshot, problems);
  const option = checkOption(draft, snapshot, problems);
  const redundancy = redundancyOf(option ?? snapshot.option);
  const links = checkLinks(redundancy.links, draft, snapshot, problems);
  const region = checkRegion(draft, problems);
  const bandwidth = checkBandwidth(draft, problems);
  const ranges = checkRanges(redundancy.zones, links, draft, snapshot, problems);
  const deviceAsn = checkDeviceAsn(draft, problems);
  const networks = checkNetworks(draft, snapshot, problems);
  const mode = checkMode(draft, problems);
  const zoneTopology = checkZoneTopology(draft, problems);
  const ticket = checkTicket(draft, problems);
  const ikeId = checkIke(draft, problems);
  const overrides = checkOverrides(redundancy, links, ranges, draft, snapshot, problems);

  const found = problems.all();
  if (
    found.length > 0 ||
    option === undefined ||
    region === undefined ||
    bandwidth === undefined ||
    ranges.rangeA === undefined ||
    deviceAsn === undefined ||
    networks === undefined ||
    mode === undefined ||
    zoneTopology === undefined ||
    ikeId === undefined
  ) {
    return { problems: found };
  }
  const inputs: SiteInputs = {
    site: { id: snapshot.site.id, name: snapshot.site.name },
    device: { id: snapshot.device.id, name: snapshot.device.name },
    option,
    links: joinLinks(links, overrides),
    region,
    bandwidth,
    rangeA: ranges.rangeA,
    ...(ranges.rangeB === undefined ? {} : { rangeB: ranges.rangeB }),
    deviceAsn,
    networks,
    mode,
    zoneTopology: redundancy.zones === 2 ? zoneTopology : 'single-tunnel',
    ikeId,
    ...(ticket === undefined ? {} : { ticket }),
  };
  return { inputs };
}

function checkDevice(draft: InputDraft, snapshot: InputSnapshot, problems: ProblemList): void {
  const { device } = snapshot;
  const field = isBlank(draft.device) ? 'link1_wan' : 'device';
  if (!isBlank(draft.device) && draft.device !== device.id && draft.device !== device.name) {
    problems.report(
      field,
      `The form was filled in for ${quote(device.name)}, not for this device. Open it again for the other one.`,
    );
  } else if (!device.isSsr) {
    problems.report(field, `${quote(device.name)} is not a Session Smart Router. Only those are supported.`);
  }
}

function joinLinks(links: readonly CheckedLink[], overrides: CheckedOverrides): LinkInputs[] {
  return links.flatMap(({ wan, publicIp }, position) =>
    wan === undefined || publicIp === undefined
      ? []
      : [{ wan: wan.name, node: wan.node, publicIp, ...overrides[position] }],
  );
}
