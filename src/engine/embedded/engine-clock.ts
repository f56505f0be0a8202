import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '../../run/records.ts';
import { Stopped } from './embedded-durable.ts';

/** https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
export const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The engine's clock, whose waits end when the engine stops. */
export class EngineClock {
  readonly now: () => Instant;
  private readonly stopping = new AbortController();

  constructor(now: () => Instant) {
    this.now = now;
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Wakes at the instant. Gives what takes that back. */
  at(instant: Instant, wake: () => void): () => void {
    const milliseconds = instant - this.now();
    // What is so far off is put to rest before.
    if (milliseconds > LONGEST_TIMEOUT_MS) return () => {};
    const timer = setTimeout(wake, Math.max(0, milliseconds));
    return () => clearTimeout(timer);
  }

  /** Rejects with `Stopped` when the engine stops. */
  async delay(milliseconds: number): Promise<void> {
    try {
      await delay(milliseconds, undefined, { signal: this.stopping.signal });
    } catch {
      throw new Stopped();
    }
  }
}
