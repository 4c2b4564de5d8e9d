import { constants, createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';

/** What the app registration takes instead of a secret. */
export interface Proofs {
  /** Public certificates, PEM. */
  certificates: string[];
  /** Federated credentials: who may vouch for the app, and with which key (PEM, public). */
  federated: { issuer: string; subject: string; audience: string; publicKey: string }[];
}

/** Why an assertion is refused, with the number that Microsoft's list of error codes has for it. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

interface Assertion {
  readonly head: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/**
 * Judges a client assertion as learn.microsoft.com describes it: signed with the key of a registered certificate by the app itself
 * ("certificate credentials"), or by an issuer that a federated credential names ("workload identity federation").
 */
export function judgeAssertion(
  text: string,
  clientId: string,
  tokenEndpoints: readonly string[],
  proofs: Proofs,
): Refusal | undefined {
  const assertion = parse(text);
  if (!assertion) return { code: 50027, text: 'The client assertion is not a valid token.' };
  const { claims } = assertion;
  const now = Date.now() / 1000;
  if (Number(claims['exp']) < now || Number(claims['nbf'] ?? 0) > now + 300) {
    return { code: 700024, text: 'Client assertion is not within its valid time range.' };
  }
  return claims['iss'] === clientId
    ? judgeOwn(assertion, clientId, tokenEndpoints, proofs)
    : judgeFederated(assertion, proofs);
}

function judgeOwn(
  { head, claims, signed, signature }: Assertion,
  clientId: string,
  tokenEndpoints: readonly string[],
  { certificates }: Proofs,
): Refusal | undefined {
  if (claims['sub'] !== clientId)
    return { code: 700021, text: 'Client assertion application identifier does not match.' };
  if (!tokenEndpoints.includes(String(claims['aud'])))
    return { code: 700023, text: 'Client assertion audience claim does not match.' };
  const known = certificates.map((pem) => new X509Certificate(pem)).find((one) => isNamed(one, head));
  if (!known || !isSigned(signed, signature, known.publicKey, String(head['alg']))) {
    return {
      code: 700027,
      text: 'The certificate with identifier used to sign the client assertion is not registered.',
    };
  }
  return undefined;
}

function judgeFederated({ head, claims, signed, signature }: Assertion, { federated }: Proofs) {
  const ofIssuer = federated.filter(({ issuer }) => issuer === claims['iss']);
  if (ofIssuer.length === 0)
    return {
      code: 700211,
      text: 'No matching federated identity record found for presented assertion issuer.',
    };
  const ofSubject = ofIssuer.filter(({ subject }) => subject === claims['sub']);
  if (ofSubject.length === 0)
    return {
      code: 700213,
      text: 'No matching federated identity record found for presented assertion subject.',
    };
  const [match] = ofSubject.filter(({ audience }) => audience === claims['aud']);
  if (!match)
    return {
      code: 700212,
      text: 'No matching federated identity record found for presented assertion audience.',
    };
  if (isSigned(signed, signature, createPublicKey(match.publicKey), String(head['alg']))) return undefined;
  return { code: 50013, text: 'Assertion failed signature validation.' };
}

/** `x5t#S256` or `x5t` names the certificate by its thumbprint. */
function isNamed(certificate: X509Certificate, head: Assertion['head']): boolean {
  const thumbprint = (hash: string): string =>
    createHash(hash).update(certificate.raw).digest('base64url').replace(/=+$/, '');
  return head['x5t#S256'] === thumbprint('sha256') || head['x5t'] === thumbprint('sha1');
}

function isSigned(data: Buffer, signature: Buffer, key: X509Certificate['publicKey'], alg: string): boolean {
  if (alg === 'RS256') return verify('sha256', data, key, signature);
  if (alg !== 'PS256') return false;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify('sha256', data, { key, padding, saltLength: 32 }, signature);
}

function parse(text: string): Assertion | undefined {
  const [head, claims, signature, more] = text.split('.');
  if (head === undefined || claims === undefined || signature === undefined || more !== undefined)
    return undefined;
  try {
    return {
      head: JSON.parse(Buffer.from(head, 'base64url').toString()) as Assertion['head'],
      claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) as Assertion['claims'],
      signed: Buffer.from(`${head}.${claims}`),
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    return undefined;
  }
}
