import { CHECKS, type CheckId } from './catalogue.ts';
import type { Finding } from './types.ts';
import type { Unread } from './views.ts';

/** What one side says of one value: what was read (`undefined`: it stands nowhere), or why it could not be. */
export type Side = { readonly value: string | undefined } | { readonly unread: Omit<Unread, 'read'> };

/** A value that was read. */
export function said(value: string | number | undefined): Side {
  return { value: value === undefined ? undefined : String(value) };
}

/** The three places in which a value stands; a side that has no part in it is left out. */
export interface Sides {
  readonly design?: string | number | undefined;
  readonly entra?: Side | undefined;
  readonly mist?: Side | undefined;
}

/** Words for a finding that is not a pass. */
export interface Words {
  readonly message?: string;
  readonly mend?: string;
}

const NOTHING = 'nothing';
const UNREAD = '?';

/** A finding with what each side said. */
export function finding(
  id: CheckId,
  subject: string,
  verdict: Finding['verdict'],
  sides: Sides,
  words: Words = {},
): Finding {
  return {
    id,
    subject,
    verdict,
    ...(sides.design !== undefined && { design: String(sides.design) }),
    ...(sides.entra && { entra: shown(sides.entra) }),
    ...(sides.mist && { mist: shown(sides.mist) }),
    message: verdict === 'pass' ? '' : (words.message ?? CHECKS[id].title),
    mend: verdict === 'pass' ? '' : (words.mend ?? ''),
  };
}

function shown(side: Side): string {
  return 'unread' in side ? UNREAD : (side.value ?? NOTHING);
}

/**
 * Compares a value in all places that have a part in it: `fail` where two that were read differ or one that was read lacks it,
 * else `unknown` where one could not be read, else `pass`.
 */
export function agree(id: CheckId, subject: string, sides: Sides, words: Words = {}): Finding {
  const read = [sides.entra, sides.mist].flatMap((side) => (side && 'value' in side ? [side.value] : []));
  const values = [...(sides.design === undefined ? [] : [String(sides.design)]), ...read];
  if (new Set(values).size > 1 || values.includes(undefined)) {
    return finding(id, subject, 'fail', sides, {
      message: words.message ?? difference(id, sides),
      mend: words.mend ?? mendOf(id, sides),
    });
  }
  const unread = [sides.entra, sides.mist].find((side) => side && 'unread' in side);
  if (unread && 'unread' in unread) return finding(id, subject, 'unknown', sides, notRead(unread.unread));
  return finding(id, subject, 'pass', sides);
}

/** Words for what could not be read. */
export function notRead({ why, mend }: Omit<Unread, 'read'>): Words {
  return { message: `could not be read (${why})`, mend: mend ?? 'Ask again when it can be read.' };
}

function difference(id: CheckId, sides: Sides): string {
  const parts = [
    ...(sides.design === undefined ? [] : [`the design says ${sides.design}`]),
    ...(sides.entra && 'value' in sides.entra ? [`Entra has ${shown(sides.entra)}`] : []),
    ...(sides.mist && 'value' in sides.mist ? [`Mist has ${shown(sides.mist)}`] : []),
  ];
  return `${CHECKS[id].title}: ${parts.join(', ')}`;
}

/** A link is set up anew to change it in Entra, so Mist is the side to mend wherever Entra has what is wanted. */
function mendOf(id: CheckId, { design, entra, mist }: Sides): string {
  const { portal } = CHECKS[id];
  const wanted = design === undefined ? undefined : String(design);
  const entraHas = entra && 'value' in entra ? entra.value : undefined;
  const target = wanted ?? entraHas;
  if (
    target === undefined ||
    (entra && wanted !== undefined && entraHas !== undefined && entraHas !== wanted)
  ) {
    return `Correct ${portal.entra ?? portal.mist ?? 'it'} in Entra${portal.entra ? ': delete the link and create it again, then read the endpoint anew' : ''}.`;
  }
  if (mist) return `Set ${portal.mist ?? 'it'} in Mist to ${target}.`;
  return `Set ${portal.entra ?? 'it'} in Entra to ${target}.`;
}
