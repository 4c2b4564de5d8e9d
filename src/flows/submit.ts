import { randomUUID } from 'node:crypto';
import type { Json, RequestRow } from '../../db/types.ts';
import { ok, type Failure } from '../base/failure.ts';
import type { ChangeWindow } from '../design/change-window.ts';
import type { SiteInputs } from '../design/types.ts';
import type { Forms } from './form.ts';
import {
  auditRequest,
  insertRequest,
  planColumns,
  Refused,
  refusedOrThrow,
  reserve,
} from './insert-request.ts';
import { onboardReservations } from './onboard/reservations.ts';
import type { FlowParts } from './parts.ts';
import { planChange } from './plan/plan-change.ts';
import { planDifference, windowDifference } from './plan-difference.ts';
import type { PlannedChange } from './plan/types.ts';
import { boundDigest, readWindow, timesOf, windowOf } from './window/window-of.ts';
import type { Actor, FormValues, Posted } from './types.ts';

/** Turns an accepted form into a request with its plan, or into a new revision of the one being edited. */
export async function submitForm(
  parts: FlowParts,
  forms: Forms,
  actor: Actor,
  draftId: string,
  values: FormValues,
): Promise<Posted> {
  const form = await forms.inputs(actor, draftId, values);
  if (!form.ok) return form;
  const { inputs, draft } = form.value;
  const window = readWindow(parts, typeof values['window'] === 'string' ? values['window'] : undefined);
  if (!window.ok) return window;
  const planned = await planChange(parts, inputs);
  if (!planned.ok) return planned;
  if (draft.edited) return revise(parts, actor, draft.edited, inputs, planned.value, window.value);
  const id = randomUUID();
  const { site } = inputs;
  return insertRequest(parts, actor, {
    id,
    verb: 'onboard',
    channel: parts.settings.channel ?? form.value.channel,
    site,
    inputs: inputs as unknown as Json,
    planned: planned.value,
    ...(window.value && { window: window.value }),
    reservations: onboardReservations({ id, siteId: site.id, siteName: site.name }, planned.value.design),
  });
}

function revise(
  parts: FlowParts,
  actor: Actor,
  edited: { readonly requestId: string; readonly revision: number },
  inputs: SiteInputs,
  planned: PlannedChange,
  window: ChangeWindow | undefined,
): Promise<Posted> {
  const now = parts.clock.now();
  const digest = boundDigest(planned.digest, window);
  return parts.store
    .transaction(async (tx) => {
      const request = await tx.requests.get(edited.requestId);
      if (!request || request.requester !== actor.user) throw new Refused(tooLate());
      const replanned = await tx.requests.replan(request.id, edited.revision, {
        inputs: inputs as unknown as Json,
        ...planColumns(planned),
        digest,
        ...timesOf(window, now, parts.settings.approvalTtlMs),
        lastEditor: actor.user,
        changes: [
          ...windowDifference(windowOf(request), window, parts.settings.timeZone),
          ...planDifference(request, planned),
        ],
      });
      if (!replanned) throw new Refused(tooLate());
      const clash = await reserve(
        tx,
        request.id,
        onboardReservations(request, planned.design),
        planned.capacities,
      );
      if (clash) throw new Refused(clash);
      const row: RequestRow = { ...request, digest };
      await auditRequest(tx, row, actor, 'edit', now);
      return ok({ requestId: request.id, channel: request.channel });
    })
    .catch(refusedOrThrow);
}

function tooLate(): Failure {
  return {
    code: 'flow.not_editable',
    message: 'the request moved on',
    hint: 'The plan was decided or edited in the meantime; see its card.',
    retryable: false,
  };
}
