import { distance } from 'fastest-levenshtein';
import { attempt } from '../base/attempt.ts';
import { failed, ok, type Result } from '../base/failure.ts';
import { byName } from './by-name.ts';
import type { FlowParts } from './parts.ts';
import type { SiteRef } from './types.ts';

const FRESH_MS = 30_000;

/** Finding sites by what a person types. */
export interface Sites {
  search(query: string, limit: number): Promise<Result<readonly SiteRef[]>>;
  find(nameOrId: string): Promise<Result<SiteRef>>;
}

/** One list of all sites, read at most every 30 s and shared by everybody who types at the same time. */
export function createSites(parts: Pick<FlowParts, 'mist' | 'clock'>): Sites {
  let cached: { at: number; list: Promise<Result<readonly SiteRef[]>> } | undefined;

  async function read(): Promise<Result<readonly SiteRef[]>> {
    const answer = await attempt(parts.mist.sites());
    if (!answer.ok) {
      cached = undefined;
      return answer;
    }
    return ok(
      answer.value.map(({ id, name }) => ({ id, name })).toSorted((a, b) => a.name.localeCompare(b.name)),
    );
  }

  function all(): Promise<Result<readonly SiteRef[]>> {
    const now = parts.clock.now();
    if (!cached || now - cached.at > FRESH_MS) cached = { at: now, list: read() };
    return cached.list;
  }

  return {
    async search(query, limit) {
      const sites = await all();
      if (!sites.ok) return sites;
      const wanted = query.trim().toLowerCase();
      return ok(sites.value.filter((s) => s.name.toLowerCase().includes(wanted)).slice(0, limit));
    },
    async find(nameOrId) {
      const sites = await all();
      if (!sites.ok) return sites;
      return pick(sites.value, nameOrId.trim());
    },
  };
}

function pick(sites: readonly SiteRef[], text: string): Result<SiteRef> {
  const wanted = text.toLowerCase();
  const identified = sites.filter((s) => s.id === text);
  const found = identified.length > 0 ? identified : byName(sites, (s) => s.name, text);
  const [only] = found;
  if (only && found.length === 1) return ok(only);
  if (found.length > 1) {
    return failed({
      code: 'flow.site_ambiguous',
      message: 'several sites match',
      hint: `Several sites match "${text}": ${names(found)}. Type more of the name.`,
      retryable: false,
    });
  }
  const nearest = sites.toSorted(
    (a, b) => distance(a.name.toLowerCase(), wanted) - distance(b.name.toLowerCase(), wanted),
  );
  return failed({
    code: 'flow.site_unknown',
    message: 'no such site',
    hint:
      sites.length === 0
        ? 'Mist has no sites in this organisation.'
        : `There is no site "${text}" in Mist. Nearest: ${names(nearest.slice(0, 3))}.`,
    retryable: false,
  });
}

function names(sites: readonly SiteRef[]): string {
  const shown = sites.slice(0, 5).map((s) => s.name);
  return shown.join(', ') + (sites.length > 5 ? ` and ${sites.length - 5} more` : '');
}
