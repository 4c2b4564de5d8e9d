import { z } from 'zod';

const Claims = z.object({ roles: z.array(z.string()) });

/**
 * Application permissions in an access token, read without verifying it: good for a warning, never for a decision of ours.
 * undefined where the token is opaque or does not list any.
 */
export function rolesOf(token: string): readonly string[] | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims = Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return claims.success ? claims.data.roles : undefined;
  } catch {
    return undefined;
  }
}
