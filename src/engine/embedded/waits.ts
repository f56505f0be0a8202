import type { Outcome } from '../../run/failure.ts';
import type { AttemptKey, Instant } from '../../run/records.ts';
import type { CallLimit } from '../limits.ts';

/** Unwinds a run that may not go on: its account or automation is paused. */
export class OnHold extends Error {}

/** Unwinds a run that only waits: it is on disk, and is interpreted again when it goes on. */
export class AtRest extends Error {}

/** Unwinds a run that would stand, with many others, before a limit: it goes on when it is called. */
export class Crowded extends Error {
  readonly limits: readonly CallLimit[];

  constructor(limits: readonly CallLimit[]) {
    super('many calls wait for the same limit');
    this.limits = limits;
  }
}

export interface WaitsHost {
  /** Wakes at the instant. Gives what takes that back. */
  at(instant: Instant, wake: () => void): () => void;
  /** The run does nothing but wait. */
  idle(): void;
}

interface Pending {
  /** The attempt whose outcome comes from elsewhere; absent where only the time is waited for. */
  key: AttemptKey | undefined;
  until: Instant | undefined;
  resolve(outcome: Outcome | undefined): void;
  reject(error: Error): void;
}

/** What a run under way waits for, and whether it does anything else meanwhile. */
export class Waits {
  private readonly host: WaitsHost;
  private readonly pending = new Set<Pending>();
  private readonly arrived = new Map<string, Outcome>();
  private atWork = 0;
  private ended: Error | undefined;

  constructor(host: WaitsHost) {
    this.host = host;
  }

  /** Throws where all was ended. */
  goOn(): void {
    if (this.ended !== undefined) throw this.ended;
  }

  /** Does something in whose midst the run is not idle. */
  async busy<T>(work: () => Promise<T>): Promise<T> {
    this.goOn();
    this.atWork += 1;
    try {
      return await work();
    } finally {
      this.atWork -= 1;
      this.lookAgain();
    }
  }

  /** Resolves at the instant. Rejects with the signal's reason where that is aborted before. */
  async instant(until: Instant, signal?: AbortSignal): Promise<void> {
    await this.wait(undefined, until, signal);
  }

  /** Resolves with the outcome that comes from elsewhere, or with `undefined` at the instant. Rejects as `instant` does. */
  async outcome(key: AttemptKey, until: Instant | undefined, signal?: AbortSignal): Promise<Outcome | undefined> {
    const name = nameOf(key);
    const arrived = this.arrived.get(name);
    this.arrived.delete(name);
    return arrived ?? this.wait(key, until, signal);
  }

  /** Rings at the instant, while other things go on. Gives what takes that back. */
  alarm(until: Instant, ring: () => void): () => void {
    const pending: Pending = { key: undefined, until, resolve: ring, reject: () => undefined };
    this.pending.add(pending);
    const takeBack = this.host.at(until, ring);
    return () => {
      takeBack();
      if (this.ended === undefined) this.pending.delete(pending);
    };
  }

  /** An outcome came from elsewhere; it is on disk. */
  deliver(key: AttemptKey, outcome: Outcome): void {
    const name = nameOf(key);
    for (const one of this.pending) if (one.key !== undefined && nameOf(one.key) === name) return one.resolve(outcome);
    this.arrived.set(name, outcome);
  }

  /** Lets all that waits, and all that begins to wait, throw. */
  end(error: Error): void {
    this.ended = error;
    for (const one of this.pending) one.reject(error);
  }

  /** What it waits for, also after it was ended, and the first instant at which that is over. */
  awaited(): { keys: AttemptKey[]; until: Instant | undefined } {
    const all = [...this.pending];
    const instants = all.flatMap(({ until }) => until ?? []);
    return {
      keys: all.flatMap(({ key }) => key ?? []),
      until: instants.length === 0 ? undefined : Math.min(...instants),
    };
  }

  private async wait(
    key: AttemptKey | undefined,
    until: Instant | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Outcome | undefined> {
    this.goOn();
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Outcome | undefined>();
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    const pending: Pending = { key, until, resolve, reject };
    this.pending.add(pending);
    const takeBack = until === undefined ? undefined : this.host.at(until, () => resolve(undefined));
    this.lookAgain();
    try {
      return await promise;
    } finally {
      takeBack?.();
      signal?.removeEventListener('abort', abort);
      if (this.ended === undefined) this.pending.delete(pending);
      this.lookAgain();
    }
  }

  /** Whatever can go on has gone on after a turn of the event loop: between its calls, a run is promises alone. */
  private lookAgain(): void {
    if (!this.isIdle()) return;
    setImmediate(() => {
      if (this.isIdle()) this.host.idle();
    });
  }

  /** One thing is done; `waiting`: others wait meanwhile. */
  oneAtWork(): { waiting: boolean } | undefined {
    return this.atWork === 1 ? { waiting: this.pending.size > 0 } : undefined;
  }

  private isIdle(): boolean {
    return this.atWork === 0 && this.pending.size > 0 && this.ended === undefined;
  }
}

function nameOf({ step, attempt }: AttemptKey): string {
  return `${step} ${attempt}`;
}
