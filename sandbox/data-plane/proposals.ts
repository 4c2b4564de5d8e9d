import type { GatewayInstance } from './views.ts';

/** One entry of `ike_proposals` or `ipsec_proposals` in Mist's names, defaults filled in. */
export interface MistProposal {
  readonly encryption: string;
  readonly authentication: string;
  readonly dhGroup: string;
}

/** Mist's `enc_algo` in Graph's names; 3des has no counterpart. */
const ENCRYPTION: Record<string, string> = {
  aes128: 'aes128',
  aes256: 'aes256',
  aes_gcm128: 'gcmAes128',
  aes_gcm256: 'gcmAes256',
};

/** Graph names two MODP-2048 groups; Azure's VPN documentation counts both as group 14. */
const GROUPS: Record<string, string> = {
  dhGroup14: '14',
  dhGroup2048: '14',
  dhGroup24: '24',
  pfs1: '1',
  pfs2: '2',
  pfs14: '14',
  pfs2048: '14',
  pfs24: '24',
  ecp256: '19',
  ecp384: '20',
};

/** Whether any pair of IKE proposals agrees in encryption, integrity and Diffie-Hellman group. */
export function ikeAgrees(
  offered: readonly MistProposal[],
  accepted: GatewayInstance['policy']['phase1'],
): boolean {
  return offered.some((mine) =>
    accepted.some(
      (theirs) =>
        ENCRYPTION[mine.encryption] === theirs.encryption &&
        integrityAgrees(mine, theirs.integrity) &&
        GROUPS[theirs.dhGroup] === mine.dhGroup,
    ),
  );
}

/** Mist's `sha2` says no length; SHA-256 is what the guide pairs it with. A combined-mode cipher needs no integrity. */
function integrityAgrees(mine: MistProposal, theirs: string): boolean {
  const combined = ENCRYPTION[mine.encryption]?.startsWith('gcm') ?? false;
  if (combined && theirs === ENCRYPTION[mine.encryption]) return true;
  return theirs === 'sha256' && mine.authentication === 'sha2';
}

/**
 * How the ESP proposals meet. `pfs` tells whether a proposal that agrees otherwise also agrees in the PFS group: the
 * first child SA takes its keys from the IKE exchange, so a difference shows at the first rekey only (RFC 7296 §1.2, §1.3).
 */
export function espAgrees(
  offered: readonly MistProposal[],
  accepted: GatewayInstance['policy']['phase2'],
): { readonly agrees: boolean; readonly pfs: boolean } {
  let agrees = false;
  for (const mine of offered) {
    for (const theirs of accepted) {
      const cipher = ENCRYPTION[mine.encryption];
      // Entra's phase 2 knows combined-mode ciphers only, so integrity repeats the cipher.
      if (cipher === undefined || theirs.encryption !== cipher || theirs.integrity !== cipher) continue;
      agrees = true;
      if (GROUPS[theirs.pfsGroup] === mine.dhGroup) return { agrees, pfs: true };
    }
  }
  return { agrees, pfs: false };
}
