import {
  CIPHERS,
  DH_GROUPS,
  INTEGRITIES,
  type Cipher,
  type DhGroup,
  type Integrity,
} from './vendor-crypto.ts';

/** One IKE and IPsec combination that both vendors can express, in neutral names (the keys of vendor-crypto's tables). */
export interface AcceptedPolicy {
  readonly ike: { readonly encryption: string; readonly integrity: string; readonly dhGroup: number };
  readonly esp: { readonly encryption: string; readonly pfsGroup: number };
  /** Why nobody should rely on it; empty for what is proven by the guide or by both vendors' documents. */
  readonly doubts: readonly string[];
}

const ciphers: readonly (readonly [string, Cipher])[] = Object.entries(CIPHERS);
const integrities: readonly (readonly [string, Integrity])[] = Object.entries(INTEGRITIES);
const groups = Object.entries(DH_GROUPS).map(([group, names]): readonly [number, DhGroup] => [
  Number(group),
  names,
]);

/**
 * Every combination that has a name on both sides, computed from the vendors' tables: each side's phase 1 takes any mix, Entra's
 * phase 2 only the pairs of encryption and integrity that the tables hold. Leaving PFS out is no member of Mist's enum.
 */
export const ACCEPTED_POLICIES: readonly AcceptedPolicy[] = phases().toSorted(
  (a, b) => a.doubts.length - b.doubts.length,
);

function phases(): AcceptedPolicy[] {
  return phase1().flatMap((one) =>
    phase2().map(({ esp, doubts }) => ({
      ike: one.ike,
      esp,
      doubts: [...new Set([...one.doubts, ...doubts])],
    })),
  );
}

function phase1(): Pick<AcceptedPolicy, 'ike' | 'doubts'>[] {
  const encryptions = ciphers.filter(([, cipher]) => cipher.ike !== undefined && cipher.mist !== undefined);
  const both = integrities.filter(([, names]) => names.graph !== undefined && names.mist !== undefined);
  const shared = groups.filter(([, names]) => names.ike.length > 0 && names.mist !== undefined);
  return encryptions.flatMap(([encryption, cipher]) =>
    both.flatMap(([integrity, hash]) =>
      shared.map(([dhGroup, group]) => ({
        ike: { encryption, integrity, dhGroup },
        doubts: present([cipher.doubt, hash.doubt, group.doubt]),
      })),
    ),
  );
}

function phase2(): Pick<AcceptedPolicy, 'esp' | 'doubts'>[] {
  const encryptions = ciphers.filter(([, cipher]) => cipher.esp !== undefined && cipher.mist !== undefined);
  const shared = groups.filter(([, names]) => names.pfs.length > 0 && names.mist !== undefined);
  return encryptions.flatMap(([encryption]) =>
    shared.map(([pfsGroup, group]) => ({
      esp: { encryption, pfsGroup },
      doubts: present([group.doubt]),
    })),
  );
}

function present(doubts: readonly (string | undefined)[]): string[] {
  return doubts.filter((doubt) => doubt !== undefined);
}
