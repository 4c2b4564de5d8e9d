/** The ASN of Microsoft's gateways in its examples. The design never uses it as a neighbour's ASN: that one is read back per gateway. */
export const MICROSOFT_ASN = 65476;

/** Mist's default for `local_as` of an SSR. Source: Juniper's Microsoft SSE guide. */
export const DEFAULT_DEVICE_ASN = 65000;

/** Graph takes 2-byte ASNs only. Source: Entra "Remote network configurations" (valid ASN). */
export const HIGHEST_ASN = 65534;

/** ASNs within 1..65534 that Entra refuses for a device. Source: Entra "Remote network configurations" (valid ASN). */
export const RESERVED_ASNS: readonly {
  readonly from: number;
  readonly to: number;
  readonly owner: string;
}[] = [
  { from: 8075, to: 8076, owner: 'Azure' },
  { from: 12076, to: 12076, owner: 'Azure' },
  { from: 23456, to: 23456, owner: 'IANA (AS_TRANS)' },
  { from: 64496, to: 64511, owner: 'IANA (documentation)' },
  { from: 65517, to: 65520, owner: 'Azure' },
];

// Azure VPN gateways reserve it; Entra's list for Global Secure Access does not name it.
const DOUBTFUL_ASN = 65515;

/** Why Entra would refuse this device ASN, as one or two sentences; `undefined` when it is usable. */
export function asnProblem(asn: number): string | undefined {
  if (!Number.isInteger(asn) || asn < 1 || asn > HIGHEST_ASN) {
    return `The device ASN must be a 2-byte number from 1 to ${HIGHEST_ASN}.`;
  }
  if (asn === MICROSOFT_ASN) {
    return `${asn} is Microsoft's own ASN; both ends would be equal. Enter the router's ASN, usually ${DEFAULT_DEVICE_ASN}.`;
  }
  const reserved = RESERVED_ASNS.find((range) => asn >= range.from && asn <= range.to);
  if (reserved === undefined) return undefined;
  return `ASN ${asn} is reserved by ${reserved.owner}. Choose another, usually ${DEFAULT_DEVICE_ASN}.`;
}

/** What an approver should know about a device ASN that is not refused. */
export function asnWarning(asn: number): string | undefined {
  if (asn !== DOUBTFUL_ASN) return undefined;
  return `Azure's VPN gateways reserve ASN ${asn}; Microsoft's list for remote networks does not name it.`;
}

/** Reads a device ASN: a plain decimal number, ASCII digits, no sign, no leading zero, no `AS` prefix; then {@link asnProblem}. Never throws. */
export function parseAsn(
  text: string,
): { readonly ok: true; readonly asn: number } | { readonly ok: false; readonly message: string } {
  if (!/^(?:0|[1-9][0-9]*)$/.test(text)) {
    return {
      ok: false,
      message: `Enter the device ASN as a plain number, for example ${DEFAULT_DEVICE_ASN}.`,
    };
  }
  const asn = Number(text);
  const message = asnProblem(asn);
  return message === undefined ? { ok: true, asn } : { ok: false, message };
}
