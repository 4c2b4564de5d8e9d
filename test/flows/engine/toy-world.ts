import { RemoteError, type RemoteErrorInit } from '../../../src/base/failure.ts';
import { NotYet } from '../../../src/flows/engine/not-yet.ts';
import type { Look, Operation, OperationContext, PlannedOperation } from '../../../src/flows/engine/types.ts';

/** What happens to the next call of a name: an error before or after it took effect. */
export interface Fault {
  readonly error: Error;
  readonly after?: boolean;
}

/** A remote system in memory that counts what reaches it. */
export class World {
  readonly objects = new Map<string, number>();
  readonly created = new Map<string, number>();
  readonly calls: string[] = [];
  readonly faults = new Map<string, Fault[]>();
  /** Waits that are over. */
  readonly ready = new Set<string>();
  readonly waitText = new Map<string, string>();
  readonly paused = new Set<string>();
  readonly leftovers = new Map<string, readonly string[]>();
  readonly offline = new Set<string>();
  /** Called around every call that changes something. */
  onCall: (point: string) => void | Promise<void> = () => undefined;

  fail(call: string, ...faults: readonly Fault[]): void {
    this.faults.set(call, [...(this.faults.get(call) ?? []), ...faults]);
  }

  async read(call: string): Promise<void> {
    this.calls.push(call);
    const fault = this.faults.get(call)?.shift();
    if (fault) throw fault.error;
  }

  async change(call: string, effect: () => void): Promise<void> {
    await this.onCall(`before ${call}`);
    this.calls.push(call);
    const fault = this.faults.get(call)?.shift();
    if (fault && !fault.after) throw fault.error;
    effect();
    await this.onCall(`after ${call}`);
    if (fault) throw fault.error;
  }

  async create(name: string): Promise<void> {
    await this.change(`create ${name}`, () => {
      this.objects.set(name, (this.objects.get(name) ?? 0) + 1);
      this.created.set(name, (this.created.get(name) ?? 0) + 1);
    });
  }

  async remove(name: string): Promise<void> {
    await this.change(`remove ${name}`, () => this.objects.delete(name));
  }

  count(call: string): number {
    return this.calls.filter((other) => other === call).length;
  }
}

export function remote(init: Partial<RemoteErrorInit> & Pick<RemoteErrorInit, 'kind'>): RemoteError {
  return new RemoteError({
    system: 'entra',
    message: `entra said ${init.kind}`,
    hint: `Hint: ${init.kind}.`,
    ...init,
  });
}

function nameOf(context: OperationContext): string {
  return context.op.id;
}

/** Creates one object of the operation's name; adopts one that it finds only where it may be its own. */
export function createOperation(world: World): Operation {
  return {
    kind: 'toy.create',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const name = nameOf(context);
      await world.read(`look ${name}`);
      if (!world.objects.has(name)) return { state: 'absent' };
      if (context.intended) return { state: 'done', output: { name } };
      const failure = { code: 'toy.taken', message: 'taken', hint: `${name} is taken.`, retryable: false };
      return { state: 'refused', failure };
    },
    async do(context) {
      await context.guard();
      await world.create(nameOf(context));
      return { name: nameOf(context) };
    },
    async undo(context) {
      const name = nameOf(context);
      await world.read(`undo ${name}`);
      if (world.offline.has(name)) throw new NotYet(`${name} is offline`);
      if (!world.objects.has(name)) return [];
      await context.guard();
      await world.remove(name);
      return world.leftovers.get(name) ?? [];
    },
  };
}

/** Waits until the world says that the operation's name is ready. */
export function waitOperation(
  world: World,
  onFailure: 'unwind' | 'ask' = 'ask',
  deadlineMs?: number,
): Operation {
  return {
    kind: `toy.wait.${onFailure}`,
    mode: 'wait',
    onFailure,
    deadlineMs: () => deadlineMs,
    async look(context): Promise<Look> {
      const name = nameOf(context);
      await world.read(`look ${name}`);
      if (world.ready.has(name)) return { state: 'done', output: { name } };
      return {
        state: 'waiting',
        progress: world.waitText.get(name) ?? `${name} is not there yet`,
        ...(world.paused.has(name) && { pausedDeadline: true }),
      };
    },
  };
}

/** A planned operation; `kind` defaults to the one that creates an object. */
export function planned(id: string, needs: readonly string[] = [], kind = 'toy.create'): PlannedOperation {
  return { id, kind, side: 'entra', what: `object ${id}`, needs, params: null, before: [], after: [] };
}
