/** Name beginnings that the SSR refuses for an IPsec client. Source: SSR documentation, IPsec client plugin. */
export const REFUSED_CONNECTOR_BEGINNINGS: readonly string[] = ['ipsec', 'mast'];

/**
 * Characters of a connector's, BGP group's or routing policy's name: they are keys of Mist's JSON and end up in the router's
 * configuration. Doubt: Mist documents no rule; letters, digits, `-` and `_` are what its own examples use.
 */
const CONNECTOR_NAME = /^[A-Za-z0-9_-]+$/;

/** Why Mist or the SSR may refuse this name of a connector or BGP group, as a sentence without a full stop; `undefined` when it is good. */
export function connectorNameProblem(name: string): string | undefined {
  const beginning = REFUSED_CONNECTOR_BEGINNINGS.find((refused) => name.toLowerCase().startsWith(refused));
  if (beginning !== undefined) return `Names of connectors must not begin with "${beginning}"`;
  return CONNECTOR_NAME.test(name)
    ? undefined
    : 'Names of connectors hold letters, digits, "-" and "_" of ASCII only';
}

/**
 * Why Entra may refuse this name of a remote network or device link, as a sentence without a full stop; `undefined` when it is good.
 * Doubt: Microsoft documents no rule, neither characters nor length, and its examples hold spaces and slashes. So only what no
 * portal could show is refused.
 */
export function entraNameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'Names in Entra must not be empty';
  if (name.trim() !== name) return 'Names in Entra must not begin or end with a space';
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)
    ? 'Names in Entra must not hold line breaks or invisible characters'
    : undefined;
}
