import type { IkeProposal } from './types.ts';

/** Seconds. Juniper's guide leaves Mist's IKE lifetime at 28800; IKEv2 does not negotiate it and Graph has no field for it. */
export const IKE_LIFETIME_SECONDS = 28_800;

/** Seconds. Juniper's guide. Both ends take 301 to 86400 (Graph: above 300; Mist: 180 to 86400). */
export const SA_LIFETIME_SECONDS = 1_800;

// Mist's `sha2` does not tell SHA-256 from SHA-384. Juniper's guide pairs it with Entra's sha256, so sha384 is never offered.
const INTEGRITY = 'sha256';

function proposal(bits: 128 | 256, dhGroup: IkeProposal['ike']['dhGroup'], remark: string): IkeProposal {
  return {
    id: `aes${bits}-sha256-dh${dhGroup}`,
    label: `AES-${bits}, SHA-256, DH ${dhGroup}; ESP AES-GCM-${bits}, PFS ${dhGroup}${remark}`,
    ike: { encryption: `aes${bits}`, integrity: INTEGRITY, dhGroup, lifetimeSeconds: IKE_LIFETIME_SECONDS },
    esp: { encryption: `aes-gcm-${bits}`, pfsGroup: dhGroup, lifetimeSeconds: SA_LIFETIME_SECONDS },
  };
}

/**
 * IKE and IPsec policies that both vendors can express, the default first. One key length and one group throughout, because
 * a PFS group that differs shows only at the first rekey. Sources: Graph enums networkaccess ikeEncryption, ikeIntegrity,
 * dhGroup, ipSecEncryption, pfsGroup (ecp256 is group 19, ecp384 group 20); Mist OpenAPI tunnel_config ike_proposals, ipsec_proposals.
 */
export const IKE_PROPOSALS: readonly IkeProposal[] = [
  proposal(256, 14, ' (guide)'),
  proposal(128, 14, ''),
  proposal(256, 19, ''),
  proposal(128, 19, ''),
  proposal(256, 20, ''),
  proposal(128, 20, ''),
  // The SSR's IPsec plugin documents groups up to 20; Mist's enum has 24.
  proposal(256, 24, ' (unproven)'),
  proposal(128, 24, ' (unproven)'),
];

/** The proposal of Juniper's guide. */
export const DEFAULT_IKE_ID = 'aes256-sha256-dh14';

/** The proposal with this id, `undefined` when there is none. */
export function findIkeProposal(id: string): IkeProposal | undefined {
  return IKE_PROPOSALS.find((candidate) => candidate.id === id);
}
