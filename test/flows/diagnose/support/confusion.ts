import type { Findings } from '../../../../src/flows/diagnose/types.ts';
import type { Trouble } from './outside-faults.ts';
import { looksHealthy, type Sight } from './sight.ts';
import { isNamed, scoreOf, type Case } from './trouble.ts';
import { undecidableOf } from './undecidable.ts';

/** Rows: the causes that had to be named; columns: what the diagnosis put first, or left open. */
export class Confusion {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #wrong: string[] = [];
  readonly #sight: Sight;
  played = 0;

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  add(fault: Trouble, { broken, evidence, found }: Case): void {
    this.played += 1;
    const [first] = found.causes;
    const isOpen = undecidableOf(fault, this.#sight).length > 0;
    const isHidden = isOpen && looksHealthy(evidence);
    const column = columnOf(found);
    this.#count(
      `${[...new Set(fault.names)].join('/')}${isHidden ? ', hidden' : isOpen ? ', undecidable' : ''}`,
      column,
    );
    const score = isHidden
      ? column === 'nothing'
        ? 'right'
        : 'guessed'
      : scoreOf(fault, found, this.#sight);
    const isFirst = isHidden || isOpen || (first !== undefined && isNamed(fault, first.id));
    if (score === 'right' && isFirst) return;
    const causes = found.causes.map(({ id, likelihood }) => `${id} ${likelihood}`);
    const open = found.cannotTell.map(({ ids }) => `cannot tell ${ids.join('/')}`);
    this.#wrong.push(
      `${fault.name} (${broken ?? 'sessions stand'}; ${score}): ${[...causes, ...open].join(', ')}`,
    );
  }

  #count(row: string, column: string): void {
    const columns = this.#counts.get(row) ?? new Map<string, number>();
    columns.set(column, (columns.get(column) ?? 0) + 1);
    this.#counts.set(row, columns);
  }

  /** Of 1. */
  get share(): number {
    return 1 - this.#wrong.length / this.played;
  }

  toString(mostShown: number): string {
    const rows = [...this.#counts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(
        ([wanted, row]) => `  ${wanted.padEnd(26)} → ${[...row].map(([got, n]) => `${got} ${n}`).join(', ')}`,
      );
    const share = `${this.played} single faults, ${(this.share * 100).toFixed(1)} % right`;
    return [share, ...rows, ...this.#wrong.slice(0, mostShown)].join('\n');
  }
}

function columnOf({ causes, cannotTell }: Findings): string {
  const [first] = causes;
  if (first && first.likelihood !== 'possible') return first.id;
  if (cannotTell.length > 0) return 'cannot tell';
  return first ? `${first.id}, possibly` : 'nothing';
}
