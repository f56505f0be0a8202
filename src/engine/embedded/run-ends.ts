import type { RunRecord } from '../../run/records.ts';

/** Those who wait for the ends of runs. */
export class RunEnds {
  private readonly waiting = new Map<string, ((run: RunRecord) => void)[]>();
  private readonly get: (id: string) => RunRecord | undefined;

  /** `get`: the run as it is kept. */
  constructor(get: (id: string) => RunRecord | undefined) {
    this.get = get;
  }

  /** Resolves with the run when it has ended, or as it is when the signal is aborted. */
  of(id: string, signal: AbortSignal | undefined): Promise<RunRecord> {
    return new Promise((resolve, reject) => {
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), resolve]);
      signal?.addEventListener('abort', () => {
        const waiting = this.waiting.get(id) ?? [];
        // The run has ended before, or the engine has stopped.
        if (!waiting.includes(resolve)) return;
        const others = waiting.filter((one) => one !== resolve);
        if (others.length === 0) this.waiting.delete(id);
        else this.waiting.set(id, others);
        const run = this.get(id);
        if (run === undefined) reject(new Error(`there is no run ${id}`));
        else resolve(run);
      });
    });
  }

  ended(run: RunRecord): void {
    for (const resolve of this.waiting.get(run.id) ?? []) resolve(run);
    this.waiting.delete(run.id);
  }

  /** Nobody waits any more: they get the runs as they are. */
  stop(): void {
    for (const [id, waiting] of this.waiting) {
      const run = this.get(id);
      if (run !== undefined) for (const resolve of waiting) resolve(run);
    }
    this.waiting.clear();
  }
}
