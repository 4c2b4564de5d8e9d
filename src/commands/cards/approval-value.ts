import type { RequestView } from '../../flows/types.ts';

const SEPARATOR = '@';

/** Value of an Approve button: the request with the revision that the card shows, so that nobody approves what he has not seen. */
export function approvalValue(view: Pick<RequestView, 'id' | 'revision'>): string {
  return `${view.id}${SEPARATOR}${view.revision}`;
}

/** The request and the revision of an Approve button; a value without a revision is the request alone. */
export function readApprovalValue(value: string): { readonly requestId: string; readonly revision?: number } {
  const [requestId = '', revision] = value.split(SEPARATOR);
  return revision !== undefined && /^\d+$/.test(revision)
    ? { requestId, revision: Number(revision) }
    : { requestId };
}
