import { randomUUID } from 'node:crypto';
import { insertRequest } from './insert-request.ts';
import type { FlowParts } from './parts.ts';
import type { RequestVerb } from './request-verb.ts';
import { readWindow } from './window/window-of.ts';
import type { Actor, Posted, SiteRef } from './types.ts';

/** Puts a plan of a verb without a form up for approval: the plan is made from the live state, and its card follows. */
export async function askFor(
  parts: FlowParts,
  verb: RequestVerb,
  name: string,
  actor: Actor,
  where: {
    readonly site: SiteRef;
    readonly channel: string;
    readonly inputs?: Readonly<Record<string, string>>;
    /** When it may begin, as somebody typed it. */
    readonly window?: string;
  },
): Promise<Posted> {
  const { site, inputs = {} } = where;
  const window = readWindow(parts, where.window);
  if (!window.ok) return window;
  const id = randomUUID();
  const planned = await verb.plan({ id, siteId: site.id, inputs });
  if (!planned.ok) return planned;
  return insertRequest(parts, actor, {
    id,
    verb: name,
    channel: parts.settings.channel ?? where.channel,
    site,
    inputs,
    planned: planned.value,
    ...(window.value && { window: window.value }),
    ...(verb.besideKept && { besideKept: true as const }),
    reservations:
      verb.reservations?.({ id, siteId: site.id, siteName: site.name }, planned.value.design) ?? [],
  });
}
