import { randomUUID } from 'node:crypto';
import type { SimResponse } from '../http/server.ts';

/** A refusal that becomes Graph's error envelope. */
export class GraphFault extends Error {
  override readonly name = 'GraphFault';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** 400 with Graph's generic code; networkAccess documents none of its own. */
export function badRequest(message: string): GraphFault {
  return new GraphFault(400, 'BadRequest', message);
}

/** 404 for an object that is not there. */
export function notFound(what: string): GraphFault {
  return new GraphFault(404, 'ResourceNotFound', `${what} does not exist.`);
}

/** 409: the code is our choice, no sample of networkAccess shows one. */
export function conflict(message: string): GraphFault {
  return new GraphFault(409, 'Conflict', message);
}

/** What identifies one Graph call in its answer. */
export interface RequestIds {
  readonly requestId: string;
  readonly clientRequestId: string;
}

export function requestIds(clientRequestId: string | undefined): RequestIds {
  const requestId = randomUUID();
  return { requestId, clientRequestId: clientRequestId ?? requestId };
}

/**
 * The error envelope. A refused body is quoted in the message on purpose: a provider may do so, and a caller that
 * passes messages on would show the key that was in it.
 */
export function faultResponse(fault: GraphFault, ids: RequestIds, rawBody: string): SimResponse {
  const quoted = fault.status === 400 && rawBody !== '' ? ` Request body: ${rawBody}` : '';
  return {
    status: fault.status,
    headers: fault.status === 401 ? { 'www-authenticate': 'Bearer realm="", error="invalid_token"' } : {},
    body: {
      error: {
        code: fault.code,
        message: `${fault.message}${quoted}`,
        innerError: {
          date: new Date().toISOString().slice(0, 19),
          'request-id': ids.requestId,
          'client-request-id': ids.clientRequestId,
        },
      },
    },
  };
}
