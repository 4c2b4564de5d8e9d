/** Members that hold secrets, in Mist's and in Graph's spelling: `psk`, `auth_key`, `preSharedKey`, `radius_secret`, … */
const SECRET_MEMBER = /(psk|secret|passwd|password|passphrase|shared_?key|auth_?key|private_?key|token)$/i;

/** Members whose own members are names that people chose, such as a connector called `backup-psk`. */
const HOLDS_NAMES: ReadonlySet<string> = new Set([
  'tunnel_configs',
  'bgp_config',
  'neighbors',
  'routing_policies',
  'port_config',
  'ip_configs',
  'path_preferences',
  'vars',
]);

const MASK = '[secret]';

/**
 * The same JSON with every value at a secret's key path masked, foreign ones too, at any depth: a member counts as secret by its
 * name, unless names are chosen by people there. Whatever stands under a secret's name is masked as a whole.
 */
export function masked(value: unknown): unknown {
  return mask(value, false);
}

function mask(value: unknown, hasNames: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => mask(item, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isNamed = hasNames && typeof item === 'object';
      const isSecret = !isNamed && item !== undefined && item !== null && SECRET_MEMBER.test(key);
      return [key, isSecret ? MASK : mask(item, !hasNames && HOLDS_NAMES.has(key))];
    }),
  );
}
