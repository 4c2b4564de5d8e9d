import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { bgpGroup, bgpNeighbor, routingPolicy } from '../../sandbox/contracts/mist/bgp.ts';
import * as commands from '../../sandbox/contracts/mist/commands.ts';
import { deviceGateway, gatewayTemplate } from '../../sandbox/contracts/mist/gateway.ts';
import { network } from '../../sandbox/contracts/mist/lan.ts';
import { orgServicePolicy, pathPreference, servicePolicy } from '../../sandbox/contracts/mist/policies.ts';
import { gatewayPort } from '../../sandbox/contracts/mist/ports.ts';
import { service } from '../../sandbox/contracts/mist/service.ts';
import { site, webhook } from '../../sandbox/contracts/mist/site.ts';
import * as stats from '../../sandbox/contracts/mist/stats.ts';
import { tunnelConfig, tunnelNode, tunnelProviderOptions } from '../../sandbox/contracts/mist/tunnels.ts';
import { differences, shapeOfOpenApi, shapeOfZod, type Node } from './mist-openapi.ts';

const folder = process.env['CONTRACTS_DIR'];
const file = folder === undefined ? undefined : join(folder, 'mist.openapi.json');
const present = file !== undefined && existsSync(file);
const title = present
  ? 'our Mist schemas against the OpenAPI'
  : 'our Mist schemas against the OpenAPI: skipped, because CONTRACTS_DIR does not name a folder with mist.openapi.json';

if (!present) process.stderr.write(`${title}\n`);

const PAIRS: [ours: z.ZodType, theirs: string][] = [
  [tunnelConfig, 'tunnel_config'],
  [tunnelNode, 'tunnel_config_node'],
  [tunnelProviderOptions, 'tunnel_provider_options'],
  [bgpGroup, 'bgp_config'],
  [bgpNeighbor, 'bgp_config_neighbors'],
  [routingPolicy, 'routing_policy'],
  [servicePolicy, 'service_policy'],
  [orgServicePolicy, 'org_service_policy'],
  [pathPreference, 'gateway_path_preferences'],
  [service, 'service'],
  [network, 'network'],
  [gatewayPort, 'gateway_port_config'],
  [gatewayTemplate, 'gateway_template'],
  [deviceGateway, 'device_gateway'],
  [site, 'site'],
  [webhook, 'webhook'],
  [commands.showRoute, 'utils_show_route'],
  [commands.showBgpSummary, 'utils_show_bgp_summary'],
  [commands.showServicePath, 'utils_show_service_path'],
  [commands.clearBgp, 'utils_clear_bgp'],
  [commands.ping, 'utils_ping'],
  [commands.servicePing, 'utils_service_ping'],
  [commands.websocketSession, 'websocket_session'],
  [stats.wanTunnelStats, 'stats_wan_tunnel'],
  [stats.gatewayTunnelStats, 'stats_gateway_wan_tunnel'],
  [stats.bgpStats, 'bgp_stats'],
  [stats.gatewayBgpPeer, 'bgp_peer'],
  [stats.deviceEvent, 'device_event'],
  [stats.inventoryItem, 'inventory'],
  [stats.interfaceStats, 'if_stat_property'],
];

/** Where we differ from OpenAPI 2511 on purpose: the end of the path, and why. */
const ALLOWED: [end: string, reason: string][] = [
  ['.internal_ip6s', 'added in 2607'],
  ['.probe_ip6s', 'added in 2607'],
  ['.probe_hostnames', 'added in 2607'],
  ['.probe_http', 'added in 2607'],
  ['.tunnel_via', 'added in 2604'],
  ['.next_term', 'added in 2607'],
  ['.next_policy', 'added in 2607'],
  ['gateway_template.gateway_mgmt', 'added to the template in 2602'],
  [
    '.ssr_additional_config_cmds',
    'absent from 2511; in the Go SDK (2606) and the Terraform provider, device and template',
  ],
  ['webhook.default_action', 'added in 2607'],
  ['webhook.rules', 'added in 2607'],
  ['device_event.job_id', 'added by 2607, for provisioned tunnels'],
  ['device_event.status', 'added by 2607, for provisioned tunnels'],
  ['device_event.template_id', 'added by 2607, for provisioned tunnels'],
  ['device_event.tunnel_name', 'added by 2607, for provisioned tunnels'],
  ['utils_show_route.node#type', 'an object there, a plain name in the Python client: both are taken'],
  ['utils_show_route.node#open', 'same'],
  ['utils_show_route.node#required', 'same'],
  ['utils_show_route.node.node', 'same'],
  ['utils_show_route.node#anyOf', 'same'],
];

describe.skipIf(!present)(title, () => {
  const document = present ? (JSON.parse(readFileSync(file, 'utf8')) as Node) : {};
  const all = (present ? PAIRS : []).flatMap(([ours, name]) =>
    differences(shapeOfZod(ours), shapeOfOpenApi(document, name), name),
  );

  it.each(PAIRS.map(([, name]) => name))('%s agrees field by field and enum by enum', (name) => {
    const unexpected = all
      .filter(({ path }) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}#`))
      .filter(({ path }) => !ALLOWED.some(([end]) => path.endsWith(end)))
      .map(({ path, kind, detail }) => `${path}: ${kind} (${detail})`);
    expect(unexpected).toEqual([]);
  });

  it('has no exception that nothing needs any more', () => {
    const unused = ALLOWED.filter(([end]) => !all.some(({ path }) => path.endsWith(end))).map(([end]) => end);
    expect(unused).toEqual([]);
  });

  it('notices a field, an enum value and a limit that are not alike', () => {
    const document2 = structuredClone(document);
    const schemas = (document2['components'] as { schemas: Record<string, Node> }).schemas;
    (schemas['bgp_config']!['properties'] as Node)['brand_new'] = { type: 'string' };
    (schemas['tunnel_config_version'] as { enum: string[] }).enum.push('3');
    schemas['service_dscp'] = { oneOf: [{ type: 'string' }, { type: 'integer', minimum: 0, maximum: 7 }] };
    const paths = [
      ...differences(shapeOfZod(bgpGroup), shapeOfOpenApi(document2, 'bgp_config'), 'bgp_config'),
      ...differences(shapeOfZod(tunnelConfig), shapeOfOpenApi(document2, 'tunnel_config'), 'tunnel_config'),
      ...differences(shapeOfZod(service), shapeOfOpenApi(document2, 'service'), 'service'),
    ].map(({ path }) => path);
    expect(paths).toContain('bgp_config.brand_new');
    expect(paths).toContain('tunnel_config.version#enum');
    expect(paths.some((path) => path.startsWith('service.dscp'))).toBe(true);
  });
});

/** Published request bodies and stored objects, by the schema that must take them. */
const EXAMPLES: [file: RegExp, schema: z.ZodObject][] = [
  [/^org\.gatewaytemplates?\.(put|post)\.req\.json$/, gatewayTemplate.partial()],
  [/^org\.gatewaytemplate\.tunnel_bgp\.tf-fixture\.json$/, gatewayTemplate.partial()],
  [/^device_gateway\.tunnel_configs\.issue98\.json$/, deviceGateway.partial()],
  [/^site\.device\.get\.200\.gateway\.json$/, deviceGateway],
  // The one for PUT is generated: it has the word "string" as an address.
  [/^org\.services\.post\.req\.json$/, service],
  [/^org\.networks\.post\.req\.json$/, network],
  [/^org\.servicepolicies\.post\.req\.json$/, orgServicePolicy],
  [/^site\.put\.req\.json$/, site],
  [/^site\.device\.show_route\.req\.json$/, commands.showRoute],
  [/^site\.device\.clear_bgp\.req\.json$/, commands.clearBgp],
  [/^site\.device\.ping\.req\.json$/, commands.ping],
  [/^site\.device\.service_ping\.req\.json$/, commands.servicePing],
  [/^site\.device\.show_service_path\.req\.json$/, commands.showServicePath],
];

describe.skipIf(!present)('our Mist schemas and the published examples', () => {
  const examples = present ? join(folder ?? '', 'examples', 'mist') : '';
  const files = present ? readdirSync(examples) : [];

  it.each(EXAMPLES.map(([pattern, schema]) => [pattern.source, pattern, schema] as const))(
    'takes %s',
    (_source, pattern, schema) => {
      const found = files.filter((name) => pattern.test(name));
      expect(found).not.toEqual([]);
      for (const name of found) {
        const body: unknown = JSON.parse(readFileSync(join(examples, name), 'utf8'));
        expect({ name, issues: schema.safeParse(body).error?.issues ?? [] }).toEqual({ name, issues: [] });
      }
    },
  );
});
