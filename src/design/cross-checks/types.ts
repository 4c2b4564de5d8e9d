import type { SiteDesign } from '../types.ts';
import type { CheckId } from './catalogue.ts';
import type { EntraView, MistView, Part, Surroundings } from './views.ts';

/** What is compared. At least one side must be readable for anything but `unknown` to come out. */
export interface SiteViews {
  /** What the site should be; undefined for a site that nobody designed here. */
  readonly design?: SiteDesign;
  readonly entra: Part<EntraView>;
  readonly mist: Part<MistView>;
  /** Checks of limits and overlaps are left out without it. */
  readonly around?: Surroundings;
}

/** What one check found about one subject. Holds no key. */
export interface Finding {
  readonly id: CheckId;
  /** What it is about: a link, a connector, a neighbor, or the site; in a few words. */
  readonly subject: string;
  /** `unknown`: a side of it could not be read. */
  readonly verdict: 'pass' | 'warning' | 'fail' | 'unknown';
  /** What was seen on each side; undefined where that side has no part in it. */
  readonly design?: string;
  readonly entra?: string;
  readonly mist?: string;
  /** What is wrong, in one sentence; empty for a pass. */
  readonly message: string;
  /** How to mend it; empty for a pass. */
  readonly mend: string;
}
