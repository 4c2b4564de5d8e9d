import { readFileSync } from 'node:fs';
import type { SiteDesign } from '../../../src/design/types.ts';

/** The design of one of the golden examples. */
export function goldenDesign(name: string): SiteDesign {
  const file = new URL(`../../golden/design-${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { design: SiteDesign }).design;
}
