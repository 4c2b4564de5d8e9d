import { ACCEPTED_POLICIES, type AcceptedPolicy } from './accepted-policies.ts';
import type { IkeProposal } from './types.ts';

/** Seconds. Juniper's guide leaves Mist's IKE lifetime at 28800; IKEv2 does not negotiate it and Graph has no field for it. */
export const IKE_LIFETIME_SECONDS = 28_800;

/** Seconds. Juniper's guide. */
export const SA_LIFETIME_SECONDS = 1_800;

/** The proposal of Juniper's guide. */
export const DEFAULT_IKE_ID = 'aes256-sha256-dh14';

type DhGroup = IkeProposal['ike']['dhGroup'];

/** Offered groups in order. 24 is last: its doubt stands in the label. */
const GROUPS: readonly DhGroup[] = [14, 19, 20, 24];
const BITS = [256, 128] as const;

/**
 * IKE and IPsec policies that are offered, the guide's first: out of all that both vendors accept those with one key length and
 * one group throughout, because a PFS group that differs shows only at the first rekey, and with SHA-256, the only hash that Mist's
 * name stands for beyond doubt.
 */
export const IKE_PROPOSALS: readonly IkeProposal[] = GROUPS.flatMap((group) =>
  BITS.flatMap((bits) => {
    const accepted = ACCEPTED_POLICIES.find((policy) => isPlain(policy, bits, group));
    return accepted === undefined ? [] : [proposal(bits, group, accepted.doubts.length > 0)];
  }),
);

/** The proposal with this id, `undefined` when there is none. */
export function findIkeProposal(id: string): IkeProposal | undefined {
  return IKE_PROPOSALS.find((candidate) => candidate.id === id);
}

function isPlain({ ike, esp }: AcceptedPolicy, bits: 128 | 256, group: DhGroup): boolean {
  return (
    ike.encryption === `aes${bits}` &&
    ike.integrity === 'sha256' &&
    ike.dhGroup === group &&
    esp.encryption === `aes-gcm-${bits}` &&
    esp.pfsGroup === group
  );
}

function proposal(bits: 128 | 256, dhGroup: DhGroup, isDoubtful: boolean): IkeProposal {
  const id = `aes${bits}-sha256-dh${dhGroup}`;
  const remark = id === DEFAULT_IKE_ID ? ' (guide)' : isDoubtful ? ' (unproven)' : '';
  return {
    id,
    label: `AES-${bits}, SHA-256, DH ${dhGroup}; ESP AES-GCM-${bits}, PFS ${dhGroup}${remark}`,
    ike: { encryption: `aes${bits}`, integrity: 'sha256', dhGroup, lifetimeSeconds: IKE_LIFETIME_SECONDS },
    esp: { encryption: `aes-gcm-${bits}`, pfsGroup: dhGroup, lifetimeSeconds: SA_LIFETIME_SECONDS },
  };
}
