import { generate } from 'selfsigned';

/** PEM texts of one sandbox run. */
export interface Certificates {
  /** The authority's certificate; whoever should trust the simulators reads it through NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
  /** Private key and certificate of a server on `localhost` and 127.0.0.1. */
  readonly key: string;
  readonly cert: string;
}

const VALID_DAYS = 30;

/**
 * Makes a certificate authority and one server certificate for `localhost`, 127.0.0.1 and ::1, valid from an hour ago
 * for 30 days. The authority's key is thrown away. Nothing is written: the caller stores `ca` where a child process
 * finds it before it starts.
 */
export async function makeCertificates(): Promise<Certificates> {
  const notBeforeDate = new Date(Date.now() - 3_600_000);
  const notAfterDate = new Date(notBeforeDate.getTime() + VALID_DAYS * 86_400_000);
  const common = { keyType: 'ec', algorithm: 'sha256', notBeforeDate, notAfterDate } as const;
  const ca = await generate([{ name: 'commonName', value: 'SSE sandbox authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { ca: ca.cert, key: leaf.private, cert: leaf.cert };
}
