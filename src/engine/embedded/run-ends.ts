import type { RunRecord } from '../../run/records.ts';
import { LONGEST_TIMEOUT_MS } from './engine-clock.ts';

interface Waiter {
  resolve(run: RunRecord): void;
  /** Until it is told of the run as it is. */
  timer: NodeJS.Timeout | undefined;
}

/** Those who wait for the ends of runs. */
export class RunEnds {
  private readonly waiting = new Map<string, Waiter[]>();
  private readonly get: (id: string) => RunRecord | undefined;

  /** `get`: the run as it is kept. */
  constructor(get: (id: string) => RunRecord | undefined) {
    this.get = get;
  }

  /** Resolves with the run when it has ended, or as it is after so many milliseconds. */
  of(id: string, forMs: number | undefined): Promise<RunRecord> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, timer: undefined };
      const others = this.waiting.get(id);
      if (others === undefined) this.waiting.set(id, [waiter]);
      else others.push(waiter);
      if (forMs === undefined) return;
      waiter.timer = setTimeout(
        () => {
          this.drop(id, waiter);
          const run = this.get(id);
          if (run === undefined) reject(new Error(`there is no run ${id}`));
          else resolve(run);
        },
        Math.min(forMs, LONGEST_TIMEOUT_MS),
      );
      waiter.timer.unref();
    });
  }

  ended(run: RunRecord): void {
    const waiters = this.waiting.get(run.id);
    if (waiters === undefined) return;
    this.waiting.delete(run.id);
    for (const waiter of waiters) {
      clearTimeout(waiter.timer);
      waiter.resolve(run);
    }
  }

  /** Nobody waits any more: they get the runs as they are. */
  stop(): void {
    for (const id of this.waiting.keys()) {
      const run = this.get(id);
      if (run !== undefined) this.ended(run);
    }
    this.waiting.clear();
  }

  private drop(id: string, waiter: Waiter): void {
    const others = (this.waiting.get(id) ?? []).filter((one) => one !== waiter);
    if (others.length === 0) this.waiting.delete(id);
    else this.waiting.set(id, others);
  }
}
