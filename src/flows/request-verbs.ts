import { bypassOffVerb, bypassVerb } from './bypass/bypass-verbs.ts';
import { offboardVerb } from './offboard/offboard-verb.ts';
import { onboardVerb } from './onboard/onboard-verb.ts';
import { orphanVerb } from './orphans/orphan-verb.ts';
import type { FlowParts } from './parts.ts';
import type { RequestVerb } from './request-verb.ts';

/** Every verb that makes requests, by the name under which they are stored. */
export function requestVerbs(parts: FlowParts) {
  return {
    onboard: onboardVerb(parts),
    offboard: offboardVerb(parts),
    bypass: bypassVerb(parts),
    'bypass-off': bypassOffVerb(parts),
    orphan: orphanVerb(parts),
  } satisfies Record<string, RequestVerb>;
}

/** The verb of a stored request. Throws where this version does not know it. */
export function verbReader(verbs: Readonly<Record<string, RequestVerb>>): (name: string) => RequestVerb {
  return (name) => {
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (!verb) throw new Error(`no verb ${name}`);
    return verb;
  };
}
