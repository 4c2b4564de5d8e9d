import type { Json } from './json.ts';

/**
 * Keys of tunnels that have nothing to do with Microsoft. They must never appear in anything that the bot shows,
 * logs or stores; tests search for them.
 */
export const PLANTED_PSKS = {
  template: 'planted-foreign-psk-of-the-template-7Qx',
  device: 'planted-foreign-psk-of-a-device-9Zk',
};

const lan = { usage: 'lan', networks: ['Lab', 'Guest'] };

function staticWan(n: number): Json {
  return {
    usage: 'wan',
    name: `wan${n}`,
    ip_config: { type: 'static', ip: `{{wan${n}_ip}}`, netmask: '/29', gateway: `{{wan${n}_gw}}` },
  };
}

const ipConfigs = {
  Lab: { type: 'static', ip: '10.20.{{site_octet}}.1', netmask: '/24' },
  Guest: { type: 'static', ip: '10.30.{{site_octet}}.1', netmask: '/24' },
};

const direct = {
  direct: {
    strategy: 'ordered',
    paths: [
      { type: 'wan', name: 'wan0' },
      { type: 'wan', name: 'wan1' },
    ],
  },
};

const denyGuests = { name: 'guests-stay-out', tenants: ['Guest'], services: ['lab-servers'], action: 'deny' };
const dia = {
  name: 'internet',
  tenants: ['Lab', 'Guest', 'printers.Lab'],
  services: ['internet-any'],
  action: 'allow',
  path_preference: 'direct',
};

/** A connector that was there before and belongs to somebody else. */
export function foreignTunnel(psk: string, host: string): Json {
  return {
    provider: 'custom-ipsec',
    protocol: 'ipsec',
    version: '2',
    local_id: 'branch@corp.example',
    psk,
    ike_lifetime: 28_800,
    ike_proposals: [{ auth_algo: 'sha2', enc_algo: 'aes256', dh_group: '19' }],
    ipsec_lifetime: 3600,
    ipsec_proposals: [{ auth_algo: 'sha2', enc_algo: 'aes256', dh_group: '19' }],
    primary: { hosts: [host], remote_ids: [host], wan_names: ['wan0'], internal_ips: ['172.31.255.2'] },
  };
}

/** The template that most branches share: two static WANs, DIA, and a backup tunnel to a data centre. */
export function branchStandard(dnsPolicyId: string): Json {
  return {
    name: 'Branch-Std',
    type: 'standalone',
    port_config: { 'ge-0/0/0': staticWan(0), 'ge-0/0/1': staticWan(1), 'ge-0/0/2': lan },
    ip_configs: ipConfigs,
    dhcpd_config: {
      Guest: { type: 'local', ip_start: '10.30.{{site_octet}}.50', ip_end: '10.30.{{site_octet}}.200' },
    },
    path_preferences: direct,
    service_policies: [{ servicepolicy_id: dnsPolicyId }, denyGuests, dia],
    tunnel_configs: { 'dc-backup': foreignTunnel(PLANTED_PSKS.template, '192.0.2.50') },
    bgp_config: {
      'dc-backup': {
        via: 'tunnel',
        tunnel_name: 'dc-backup',
        type: 'external',
        local_as: 64_620,
        neighbors: { '172.31.255.1': { neighbor_as: 64_999, import_policy: 'dc-in' } },
      },
    },
    routing_policies: {
      'dc-in': { terms: [{ matching: { prefix: ['172.20.0.0/16-24'] }, actions: { accept: true } }] },
    },
    dns_servers: ['9.9.9.9'],
    ntp_servers: ['pool.ntp.org'],
  };
}

/** For clusters: one WAN and one LAN port on each node. */
export function branchCluster(dnsPolicyId: string): Json {
  return {
    name: 'Branch-HA',
    type: 'standalone',
    port_config: {
      'ge-0/0/0': staticWan(0),
      'ge-1/0/0': staticWan(1),
      'ge-0/0/2,ge-1/0/2': { ...lan, redundant: true },
      'ge-0/0/5': { usage: 'ha_control' },
      'ge-1/0/5': { usage: 'ha_control' },
    },
    ip_configs: ipConfigs,
    path_preferences: direct,
    service_policies: [{ servicepolicy_id: dnsPolicyId }, denyGuests, dia],
    dns_servers: ['9.9.9.9'],
  };
}

/** One WAN and no way to the internet but what the device itself configures. */
export function branchWithoutDia(dnsPolicyId: string): Json {
  return {
    name: 'Branch-Closed',
    type: 'standalone',
    port_config: { 'ge-0/0/0': staticWan(0), 'ge-0/0/2': lan },
    ip_configs: ipConfigs,
    path_preferences: { direct: { strategy: 'ordered', paths: [{ type: 'wan', name: 'wan0' }] } },
    service_policies: [{ servicepolicy_id: dnsPolicyId }, denyGuests],
  };
}

export function branchSrx(): Json {
  return {
    name: 'Branch-SRX',
    type: 'standalone',
    port_config: { 'ge-0/0/0': staticWan(0), 'ge-0/0/1': lan },
    ip_configs: ipConfigs,
    path_preferences: { direct: { strategy: 'ordered', paths: [{ type: 'wan', name: 'wan0' }] } },
    service_policies: [dia],
  };
}

/** Turin's own ports: the provider gives the address. */
export const dhcpPorts: Json = {
  'ge-0/0/0': { usage: 'wan', name: 'wan0', ip_config: { type: 'dhcp' } },
  'ge-0/0/1': staticWan(1),
  'ge-0/0/2': lan,
};

/** Nice's own ports: a private address behind the provider's NAT. */
export function nattedPorts(externalIp: string): Json {
  return {
    'ge-0/0/0': {
      usage: 'wan',
      name: 'wan0',
      wan_ext_ip: externalIp,
      ip_config: { type: 'static', ip: '192.168.100.2', netmask: '/24', gateway: '192.168.100.1' },
    },
    'ge-0/0/1': staticWan(1),
    'ge-0/0/2': lan,
  };
}
