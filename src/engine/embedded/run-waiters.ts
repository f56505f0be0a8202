import type { RunRecord } from '../../run/records.ts';

/** Reads a run as it is kept. */
type ReadRun = (id: string) => RunRecord | undefined;

/** Those who wait for runs to end. */
export class RunWaiters {
  private readonly read: ReadRun;
  private readonly waiting = new Map<string, ((run: RunRecord) => void)[]>();

  constructor(read: ReadRun) {
    this.read = read;
  }

  /** Resolves with the run when it has ended, or as it is when the signal is aborted or nobody waits any more. */
  wait(id: string, signal: AbortSignal | undefined): Promise<RunRecord> {
    return new Promise((resolve, reject) => {
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), resolve]);
      signal?.addEventListener('abort', () => {
        // The run has ended before, or the engine has stopped.
        if (!this.leave(id, resolve)) return;
        const run = this.read(id);
        if (run === undefined) reject(new Error(`there is no run ${id}`));
        else resolve(run);
      });
    });
  }

  tell(run: RunRecord): void {
    for (const resolve of this.waiting.get(run.id) ?? []) resolve(run);
    this.waiting.delete(run.id);
  }

  /** The engine stops: what has not ended goes on at the next start. */
  stop(): void {
    for (const id of this.waiting.keys()) {
      const run = this.read(id);
      if (run !== undefined) this.tell(run);
    }
    this.waiting.clear();
  }

  private leave(id: string, resolve: (run: RunRecord) => void): boolean {
    const all = this.waiting.get(id) ?? [];
    const others = all.filter((one) => one !== resolve);
    if (others.length === 0) this.waiting.delete(id);
    else this.waiting.set(id, others);
    return others.length < all.length;
  }
}
