/**
 * What each vendor calls an algorithm and which of them it takes, by neutral name. An absent member means that this side has
 * no name for it. Sources: Graph enums ikeEncryption, ikeIntegrity, dhGroup, ipSecEncryption, ipSecIntegrity, pfsGroup; Entra "Remote
 * network configurations" (custom policy); Mist OpenAPI tunnel_config `ike_proposals` and `ipsec_proposals`; SSR documentation,
 * IPsec client plugin.
 */

/** An encryption. Phase 1 of Entra takes any mix; phase 2 only pairs, see `esp`. */
export interface Cipher {
  readonly bits: 0 | 128 | 168 | 192 | 256;
  /** Authenticates by itself. */
  readonly aead: boolean;
  /** Graph's `ikeEncryption`. */
  readonly ike?: string;
  /** Graph's `ipSecEncryption` with the `ipSecIntegrity` that Entra demands beside it. */
  readonly esp?: readonly [encryption: string, integrity: string];
  /** Mist's `enc_algo`, the same enum for both phases. */
  readonly mist?: string;
  /** Why it is not offered although both sides may have a name for it. */
  readonly doubt?: string;
}

// Doubt: Mist's enum has GCM for phase 1 too, but nothing published shows an SSR that negotiates it there.
const GCM_IN_IKE = 'GCM in phase 1 is unproven on an SSR';

export const CIPHERS = {
  '3des': { bits: 168, aead: false, mist: '3des' },
  aes128: { bits: 128, aead: false, ike: 'aes128', mist: 'aes128' },
  aes192: { bits: 192, aead: false, ike: 'aes192' },
  aes256: { bits: 256, aead: false, ike: 'aes256', mist: 'aes256' },
  'aes-gcm-128': {
    bits: 128,
    aead: true,
    ike: 'gcmAes128',
    esp: ['gcmAes128', 'gcmAes128'],
    mist: 'aes_gcm128',
    doubt: GCM_IN_IKE,
  },
  // Graph has it for phase 2 only.
  'aes-gcm-192': { bits: 192, aead: true, esp: ['gcmAes192', 'gcmAes192'] },
  'aes-gcm-256': {
    bits: 256,
    aead: true,
    ike: 'gcmAes256',
    esp: ['gcmAes256', 'gcmAes256'],
    mist: 'aes_gcm256',
    doubt: GCM_IN_IKE,
  },
  // Integrity without encryption; Mist has no member for it.
  null: { bits: 0, aead: false, esp: ['none', 'sha256'] },
} as const satisfies Readonly<Record<string, Cipher>>;

/** An integrity of phase 1. */
export interface Integrity {
  /** Graph's `ikeIntegrity`. */
  readonly graph?: string;
  /** Mist's `auth_algo`. */
  readonly mist?: string;
  readonly doubt?: string;
}

export const INTEGRITIES = {
  md5: { mist: 'md5' },
  sha1: { mist: 'sha1' },
  sha256: { graph: 'sha256', mist: 'sha2' },
  // Doubt: Mist's `sha2` does not tell which of the family it is. Juniper's guide pairs it with Entra's sha256.
  sha384: { graph: 'sha384', mist: 'sha2', doubt: "Mist's sha2 is SHA-256 in Juniper's guide" },
  'gcm-128': { graph: 'gcmAes128' },
  'gcm-256': { graph: 'gcmAes256' },
} as const satisfies Readonly<Record<string, Integrity>>;

/** A Diffie-Hellman group by its IANA number. */
export interface DhGroup {
  /** Names in Graph's `dhGroup`: the one that is written first, then others that mean the same. */
  readonly ike: readonly string[];
  /** The same in Graph's `pfsGroup`. */
  readonly pfs: readonly string[];
  /** Mist's `dh_group`, of both phases. */
  readonly mist?: string;
  readonly doubt?: string;
}

/*
 * That ecp256 is group 19 and ecp384 group 20 is stated for Azure VPN Gateway, whose names Graph uses.
 *
 * Doubt: Graph has pfs14 beside pfs2048 and dhGroup14 beside dhGroup2048, and Microsoft does not say which one its portal
 * writes for "PFS14". In Azure both mean group 14. The first is written, either is read as group 14. What pfsmm is, no page says: it
 * is no group here.
 */
export const DH_GROUPS = {
  1: { ike: [], pfs: ['pfs1'], mist: '1', doubt: '768 bits can be broken' },
  2: { ike: [], pfs: ['pfs2'], mist: '2', doubt: '1024 bits can be broken' },
  5: { ike: [], pfs: [], mist: '5' },
  14: { ike: ['dhGroup14', 'dhGroup2048'], pfs: ['pfs14', 'pfs2048'], mist: '14' },
  15: { ike: [], pfs: [], mist: '15' },
  16: { ike: [], pfs: [], mist: '16' },
  19: { ike: ['ecp256'], pfs: ['ecp256'], mist: '19' },
  20: { ike: ['ecp384'], pfs: ['ecp384'], mist: '20' },
  21: { ike: [], pfs: [], mist: '21' },
  // Doubt: in Mist's enum, but the SSR's IPsec plugin documents groups up to 20.
  24: { ike: ['dhGroup24'], pfs: ['pfs24'], mist: '24', doubt: 'unproven on an SSR' },
} as const satisfies Readonly<Record<number, DhGroup>>;

/** Seconds, both ends included, of the lifetime of an IPsec SA. */
export const SA_LIFETIME_LIMITS = {
  // Entra's reference asks for more than 300, its own example has exactly 300, its portal takes up to 86400: the narrowest of it.
  entra: { from: 301, to: 86_400 },
  // Source: Mist OpenAPI tunnel_config `ipsec_lifetime`.
  mist: { from: 180, to: 86_400 },
} as const;

/** Seconds, both ends included, of the lifetime of an IKE SA. Graph has no field for it, and IKEv2 does not negotiate it. Source: Mist OpenAPI `ike_lifetime`. */
export const IKE_LIFETIME_LIMITS = { mist: { from: 180, to: 86_400 } } as const;

/** Why one of the vendors refuses this lifetime of an IPsec SA, as a sentence without a full stop; `undefined` when both take it. */
export function saLifetimeProblem(seconds: number): string | undefined {
  if (!Number.isInteger(seconds)) return 'The SA lifetime must be a whole number of seconds';
  for (const [side, { from, to }] of Object.entries(SA_LIFETIME_LIMITS)) {
    if (seconds < from || seconds > to) {
      const vendor = side === 'entra' ? 'Entra' : 'Mist';
      return `${vendor} takes an SA lifetime from ${from} to ${to} s, not ${seconds} s`;
    }
  }
  return undefined;
}
