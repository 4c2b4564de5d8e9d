import type { MistConnectorView } from './views.ts';

/** Microsoft's AS towards remote networks as Graph's example of a connectivity configuration shows it; others are possible. */
const MICROSOFT_ASN = 65476;
const OUR_NAME = /^mssse-/;
const SPEAKING_NAME = /microsoft|entra|(^|[-_ ])sse([-_ ]|$)/i;

/**
 * Whether a connector is meant for Microsoft although nothing in Entra matches it: by the name that we give, or as an IPsec connector by a
 * name that says so or the AS of a neighbor over it. An organisation may have IPsec connectors of the same kind to anybody.
 */
export function looksLikeMicrosoft({ provider, name, group }: MistConnectorView): boolean {
  if (OUR_NAME.test(name)) return true;
  if (provider !== 'custom-ipsec') return false;
  return SPEAKING_NAME.test(name) || group?.neighbors.some(({ asn }) => asn === MICROSOFT_ASN) === true;
}
