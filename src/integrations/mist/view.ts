import type {
  MistConnectorView,
  MistGroupView,
  MistView,
  PolicyView,
  RoutingTermView,
  RuleView,
} from '../../design/cross-checks/views.ts';
import { servicePolicies, withLinked, type AttachedNetwork } from './effective-config.ts';
import { hasKey, objectOf, objectsOf, textOf, textsOf } from './json.ts';
import { connectorNames, readConnector, type BgpGroupView, type ConnectorView } from './mapping.ts';
import type { WanPort } from './ports.ts';
import type { MistService, MistServicePolicy, RawConfig } from './types.ts';

/** What a view of a device is made from. `config` is effective, its variables filled in. */
export interface MistViewInput {
  readonly siteName: string;
  readonly deviceName: string;
  readonly isHa: boolean;
  readonly latlng: MistView['latlng'];
  readonly config: RawConfig;
  readonly wans: readonly WanPort[];
  readonly networks: readonly AttachedNetwork[];
  readonly services: readonly MistService[];
  /** The organisation's policies, to which rules may link. */
  readonly organisation: readonly MistServicePolicy[];
}

/** A device's effective configuration in neutral terms. Members of rules that could not be followed stay empty. */
export function mistView(input: MistViewInput): MistView {
  const { config, services, organisation } = input;
  const names = connectorNames(config);
  return {
    siteName: input.siteName,
    deviceName: input.deviceName,
    isHa: input.isHa,
    latlng: input.latlng,
    connectors: names.flatMap((name) => {
      const read = readConnector(config, name);
      return read ? [connectorView(read)] : [];
    }),
    unboundGroups: Object.entries(objectOf(config['bgp_config'])).flatMap(([name, value]) => {
      const group = objectOf(value);
      const isUnbound = group['via'] === 'tunnel' && !names.includes(textOf(group['tunnel_name']) ?? '');
      return isUnbound ? [name] : [];
    }),
    wans: input.wans,
    networks: input.networks.map(({ name, prefix, tenants }) => ({ name, prefix, tenants })),
    rules: servicePolicies(config).map((rule) => ruleView(rule, services, organisation)),
    applications: services.map(({ name, addresses, anyProtocol }) => ({ name, addresses, anyProtocol })),
    routingPolicies: Object.fromEntries(
      Object.entries(objectOf(config['routing_policies'])).map(([name, value]) => [
        name,
        objectsOf(objectOf(value)['terms']).map(termView),
      ]),
    ),
  };
}

function connectorView(read: ConnectorView): MistConnectorView {
  const { name, provider, protocol, version, localId, psk, endpoint, remoteId, deviceBgp, wan, extras } =
    read;
  return {
    name,
    provider,
    protocol,
    version,
    localId,
    psk,
    endpoint,
    remoteId,
    deviceBgp,
    wan,
    extras,
    policy: policyView(read),
    group: read.bgp && groupView(read.bgp),
  };
}

function groupView(group: BgpGroupView): MistGroupView {
  return {
    name: group.name,
    type: group.type,
    localAs: group.localAs,
    authenticated: group.authenticated,
    bfdDisabled: group.bfdDisabled,
    readvertisedToOverlay: group.readvertisedToOverlay,
    neighbors: group.neighbors.map((neighbor) => ({
      address: neighbor.ip,
      asn: neighbor.asn,
      multihopTtl: neighbor.multihopTtl,
      disabled: neighbor.disabled,
      importPolicy: neighbor.importPolicy,
      exportPolicy: neighbor.exportPolicy,
    })),
  };
}

const ENCRYPTION: Readonly<Record<string, string>> = {
  aes_gcm128: 'gcmAes128',
  aes_gcm256: 'gcmAes256',
};

/** Mist's names; defaults of `enc_algo` and `dh_group` as its OpenAPI states them. */
const DEFAULT_ENCRYPTION = 'aes256';
const DEFAULT_GROUP = 14;

/** Doubt: `sha2` does not say which of them; together with the guide's Entra side it is SHA-256. */
const INTEGRITY: Readonly<Record<string, string>> = { sha2: 'sha256' };

function policyView({ ike, esp }: ConnectorView): PolicyView {
  const espEncryption = encryptionOf(esp.encryption);
  return {
    ikeEncryption: encryptionOf(ike.encryption),
    ikeIntegrity: integrityOf(ike.integrity),
    dhGroup: ike.dhGroup ?? DEFAULT_GROUP,
    espEncryption,
    // Combined-mode ciphers authenticate by themselves, whatever stands beside them.
    espIntegrity: espEncryption.startsWith('gcm') ? espEncryption : integrityOf(esp.integrity),
    pfsGroup: esp.pfsGroup ?? DEFAULT_GROUP,
    saLifetimeSeconds: esp.lifetimeSeconds,
  };
}

function encryptionOf(algorithm: string | undefined): string {
  return algorithm === undefined ? DEFAULT_ENCRYPTION : (ENCRYPTION[algorithm] ?? algorithm);
}

function integrityOf(algorithm: string | undefined): string | undefined {
  return algorithm === undefined ? undefined : (INTEGRITY[algorithm] ?? algorithm);
}

function ruleView(
  policy: RawConfig,
  services: readonly MistService[],
  organisation: readonly MistServicePolicy[],
): RuleView {
  const rule = withLinked(policy, organisation);
  const applications = textsOf(rule['services']);
  return {
    name: textOf(rule['name']),
    action: rule['action'] === 'deny' ? 'deny' : 'allow',
    steered: hasKey(rule, 'path_preference') && rule['path_preference'] !== '',
    tenants: textsOf(rule['tenants']),
    applications,
    addresses: applications.flatMap(
      (name) => services.find((service) => service.name === name)?.addresses ?? [],
    ),
  };
}

function termView(term: RawConfig): RoutingTermView {
  const matching = objectOf(term['matching']);
  return {
    prefixes: textsOf(matching['prefix']),
    conditional: Object.keys(matching).some((key) => key !== 'prefix'),
    accept: objectOf(term['actions'])['accept'] === true,
  };
}
