import { crossCheck } from '../../../src/design/cross-checks/cross-check.ts';
import type { Finding, SiteViews } from '../../../src/design/cross-checks/types.ts';
import type {
  EntraLinkView,
  EntraView,
  MistConnectorView,
  MistView,
  Surroundings,
} from '../../../src/design/cross-checks/views.ts';
import type { Shape } from '../../sandbox/data-plane/world.ts';
import { healthySite, viewsOf } from './healthy-site.ts';

/** What differs from a healthy site. */
export interface Change {
  readonly entra?: Partial<EntraView>;
  readonly link?: Partial<EntraLinkView>;
  readonly mist?: Partial<MistView>;
  readonly connector?: Partial<MistConnectorView>;
  readonly around?: Partial<Surroundings>;
  readonly shape?: Shape;
}

/** A healthy site's views with some members replaced; `link` and `connector` change the first of each. */
export function views({
  entra = {},
  link = {},
  mist = {},
  connector = {},
  around = {},
  shape = {},
}: Change = {}): SiteViews {
  const healthy = viewsOf(healthySite(shape));
  if (!healthy.entra.read || !healthy.mist.read || !healthy.around) throw new Error('healthy views are read');
  const patchFirst = <T extends object>(list: readonly T[], patch: Partial<T>): T[] =>
    list.map((item, index) => (index === 0 ? { ...item, ...patch } : item));
  return {
    entra: {
      read: true,
      value: { ...healthy.entra.value, links: patchFirst(healthy.entra.value.links, link), ...entra },
    },
    mist: {
      read: true,
      value: {
        ...healthy.mist.value,
        connectors: patchFirst(healthy.mist.value.connectors, connector),
        ...mist,
      },
    },
    around: { ...healthy.around, ...around },
  };
}

/** All findings of one check. */
export function found(id: string, change: Change): Finding[] {
  return crossCheck(views(change)).filter((finding) => finding.id === id);
}

/** The worst finding of one check. */
export function worst(id: string, change: Change): Finding {
  const all = found(id, change);
  const [first] = (['fail', 'unknown', 'warning', 'pass'] as const).flatMap((verdict) =>
    all.filter((finding) => finding.verdict === verdict),
  );
  if (!first) throw new Error(`nothing found for ${id}`);
  return first;
}

/** The first connector of a healthy site. */
export function connectorOf(): MistConnectorView {
  const { mist } = views();
  if (!mist.read) throw new Error('read');
  const [first] = mist.value.connectors;
  if (!first) throw new Error('no connector');
  return first;
}

/** The router's side of a healthy site. */
export function mistOf(shape: Shape): MistView {
  const { mist } = views({ shape });
  if (!mist.read) throw new Error('read');
  return mist.value;
}
