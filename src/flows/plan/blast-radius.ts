import type { SiteDesign } from '../../design/types.ts';
import type { EntraAdoption } from '../adopt/entra-adoption.ts';
import type { MistAdoption } from '../adopt/mist-adoption.ts';
import type { LiveChecks, LiveMist } from '../live/live-site.ts';

/** Sentences on what a change touches and what it does not. */
export function blastRadius(
  design: SiteDesign,
  live: LiveMist,
  checks: LiveChecks,
  inheritedStopped: readonly string[],
  adoption: EntraAdoption,
  standing: MistAdoption,
): readonly string[] {
  const { template } = live;
  const lines = [changedInMist(design, standing)];
  if (template) {
    lines.push(`Template ${template.name} is not written; ${sharers(live, checks)}.`);
    if (inheritedStopped.length > 0) {
      lines.push(
        `${design.device.name} gets its own copy of ${inheritedStopped.join(', ')}: later edits of these keys in the template do not reach it.`,
      );
    }
  }
  const exists = live.services.some((s) => s.name === design.application.name);
  lines.push(
    exists
      ? `Application ${design.application.name} is shared by the organisation and used as it is.`
      : `Application ${design.application.name} is added to the organisation; no other site refers to it.`,
  );
  lines.push(addedInEntra(design, adoption));
  lines.push(`Users affected: ${design.policy.tenants.join(', ')}.`);
  return lines;
}

function changedInMist(design: SiteDesign, { connectors, policy }: MistAdoption): string {
  const device = `device ${design.device.name} of ${design.site.name}`;
  const used = [
    ...(connectors.state === 'adopt' ? ['connectors, BGP groups and routing policies'] : []),
    ...(policy.state === 'adopt' ? ['the application policy'] : []),
  ].join(' and ');
  if (used === '') return `Changed in Mist: ${device}, nothing else.`;
  const left =
    'A roll-back leaves what was there; once the site is connected, all of it belongs to the site.';
  return connectors.state === policy.state
    ? `Nothing is written to ${device}: ${used} are used as they are. ${left}`
    : `Changed in Mist: ${device}, nothing else; ${used} of it used as found. ${left}`;
}

function addedInEntra(design: SiteDesign, adoption: EntraAdoption): string {
  if (adoption.state !== 'adopt')
    return `Added in Entra: one remote network with ${design.links.length} link(s); other networks are not touched.`;
  const used = Object.keys(adoption.links).length;
  const added = design.links.length - used;
  return `Used in Entra as it is: remote network ${design.remoteNetworkName} with ${used} link(s); ${added} added. A roll-back leaves what was there; once the site is connected, all of it belongs to the site.`;
}

function sharers(live: LiveMist, checks: LiveChecks): string {
  if (!checks.sites) return 'other sites that use it stay as they are';
  if (!checks.sites.ok) return `how many sites share it could not be read (${checks.sites.failure.code})`;
  const others = checks.sites.value.filter(
    (s) => s.gatewayTemplateId === live.template?.id && s.id !== live.site.id,
  );
  return `${others.length} other site(s) use it and stay as they are`;
}
