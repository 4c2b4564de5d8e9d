/**
 * Whether a value that Slack hands back can be one of the IDs that were given to it. What cannot is answered without asking a vendor for
 * it: buttons and selects carry IDs alone, so anything else was forged.
 */
export function isOpaqueId(value: string): boolean {
  return /^[\w-]{1,100}$/.test(value);
}
