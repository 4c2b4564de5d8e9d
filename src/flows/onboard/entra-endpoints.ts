import type { Failure } from '../../base/failure.ts';
import type { Look, Operation } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { rememberLink } from './entra-operations.ts';
import { OP, outputOf, Outputs } from './outputs.ts';
import type { DesignOf } from './run-design.ts';

const ENDPOINT_DEADLINE_MS = 10 * 60_000;

/** Waits until Microsoft has allocated every gateway instance that the design counts on, and notes the IDs of the links made before. */
export function entraEndpoints(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'entra.endpoints',
    mode: 'wait',
    onFailure: 'unwind',
    deadlineMs: () => ENDPOINT_DEADLINE_MS,
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const { id } = outputOf(context, OP.network, Outputs.network);
      const unnamed = design.links.filter(
        (link) => outputOf(context, OP.link(link.index), Outputs.link).id === null,
      );
      const [connectivity, profiles, listed] = await Promise.all([
        parts.entra.connectivity(id),
        parts.entra.networkProfiles(id),
        unnamed.length > 0 ? parts.entra.deviceLinks(id) : [],
      ]);
      for (const { name } of unnamed) {
        const link = listed.find((l) => l.name === name);
        if (!link) return { state: 'waiting', progress: `Entra does not list device link ${name} yet` };
        await rememberLink(context, design, link.id, name);
      }
      const missing = design.profiles.filter((type) => !profiles.some((p) => p.type === type));
      if (missing.length > 0) {
        return {
          state: 'waiting',
          progress: `Entra does not show traffic profile ${missing.join(', ')} on the network yet; normal is at once`,
        };
      }
      const links: Record<string, { bgpAddress: string; endpoint: string; asn: number }[]> = {};
      let found = 0;
      for (const link of design.links) {
        const linkId = outputOf(context, OP.link(link.index), Outputs.link).id;
        const answer = connectivity.find((c) => c.linkId === linkId || c.linkName === link.name);
        const wanted = [
          link.microsoftBgp,
          ...(link.microsoftBgpZone2 === undefined ? [] : [link.microsoftBgpZone2]),
        ];
        const instances = wanted.flatMap(
          (address) => answer?.instances.find((i) => i.bgpAddress === address) ?? [],
        );
        const strange =
          answer && answer.instances.length > 0 && instances.length === 0 ? answer.instances : [];
        if (strange[0]) return { state: 'refused', failure: otherAddress(link.name, strange[0].bgpAddress) };
        const clash = instances.find((i) => i.asn === design.deviceAsn);
        if (clash) return { state: 'refused', failure: sameAsn(clash.asn) };
        found += instances.length;
        links[link.name] = instances.map(({ bgpAddress, endpoint, asn }) => ({ bgpAddress, endpoint, asn }));
      }
      const expected = design.links.length * design.zones;
      if (found === expected) return { state: 'done', output: { links } };
      return {
        state: 'waiting',
        progress: `Microsoft has allocated ${found} of ${expected} gateway instance(s); 90 s is usual`,
      };
    },
  };
}

function sameAsn(asn: number): Failure {
  return {
    code: 'flow.same_asn',
    message: 'Microsoft uses the device ASN',
    hint: `Microsoft's ASN for this link is ${asn}, the same as the device's. Ask again with another device ASN.`,
    retryable: false,
  };
}

function otherAddress(link: string, address: string): Failure {
  return {
    code: 'flow.unexpected_address',
    message: 'Microsoft answers with another BGP address',
    hint: `Microsoft's instance of ${link} has BGP address ${address}, which is not the one that was approved. What was done is undone.`,
    retryable: false,
  };
}
