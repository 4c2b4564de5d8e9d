import type { Store } from '../../../db/types.ts';
import type { RawConfig } from '../../integrations/mist/types.ts';
import { POLICY_KEY } from '../../integrations/mist/merge.ts';
import { isObject } from '../../integrations/mist/json.ts';
import type { FlowParts } from '../parts.ts';

/** More sites than this are not looked through for a use of the application: one call each would eat the hour's budget. */
const MOST_SITES = 300;
const AT_ONCE = 8;
/** Requests that are looked at for a use of the application; more than are ever open at once. */
const RECENT = 1000;

/** What is about to go and does not count as a use. */
export interface Leaving {
  readonly siteId: string;
  readonly requestId?: string;
  /** Application policies of the site's router that are taken out with it. */
  readonly policies: readonly string[];
}

/**
 * Who refers to an application, in words: sites of ours, templates, policies of the organisation, devices. Empty = nobody.
 * Throws `RemoteError` where one of them cannot be read: unread is not unused.
 */
export async function applicationUsers(
  parts: FlowParts,
  name: string,
  leaving: Leaving,
): Promise<readonly string[]> {
  const ours = await siteUsers(parts.store, name, leaving);
  if (ours.length > 0) return ours;
  const [templates, policies, sites] = await Promise.all([
    parts.mist.gatewayTemplates(),
    parts.mist.servicePolicies(),
    parts.mist.sites(),
  ]);
  const shared = [
    ...templates.filter((t) => refers(t.config, name)).map((t) => `template ${t.name}`),
    ...policies.filter((p) => refers(p.raw, name)).map((p) => `application policy ${p.name}`),
  ];
  if (shared.length > 0) return shared;
  if (sites.length > MOST_SITES) return [`possibly one of ${sites.length} sites, too many to look through`];
  const found: string[] = [];
  for (let at = 0; at < sites.length; at += AT_ONCE) {
    const some = await Promise.all(sites.slice(at, at + AT_ONCE).map((s) => parts.mist.gateways(s.id)));
    for (const device of some.flat()) {
      const config =
        device.siteId === leaving.siteId ? withoutPolicies(device.config, leaving) : device.config;
      if (refers(config, name)) found.push(`device ${device.name}`);
    }
  }
  return found;
}

/** Our sites and open requests whose design names the application. */
export async function siteUsers(store: Store, name: string, leaving: Leaving): Promise<readonly string[]> {
  const [sites, requests] = await Promise.all([store.sites.all(), store.requests.recent(RECENT)]);
  const open = requests.filter((r) => ['planned', 'running', 'needs-decision'].includes(r.state));
  const rows = [
    ...sites.map((s) => ({ siteId: s.siteId, siteName: s.name, design: s.design })),
    ...open.filter((r) => r.id !== leaving.requestId),
  ];
  const users = rows.filter((row) => row.siteId !== leaving.siteId && refers(row.design, name));
  return [...new Set(users.map((row) => `site ${row.siteName}`))];
}

/** Whether the name occurs as a value anywhere in a configuration: a list of services, a path, a rule. */
function refers(value: unknown, name: string): boolean {
  if (value === name) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((item) => refers(item, name));
}

function withoutPolicies(config: RawConfig, { policies }: Leaving): RawConfig {
  const list = config[POLICY_KEY];
  if (!Array.isArray(list)) return config;
  const left: unknown[] = list.filter((rule) => !isObject(rule) || !policies.includes(String(rule['name'])));
  return { ...config, [POLICY_KEY]: left };
}
