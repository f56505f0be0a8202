import type { Instant } from '../../run/records.ts';

export interface WakeTimerOptions {
  now(): Instant;
  /** The first instant at which something is due, as the store knows it. */
  next(): Instant | undefined;
  /** Does some of what is due. */
  wake(): Promise<void>;
}

/** The clock may be set, and timers stand still while the machine sleeps: so long at most passes until it is looked at again. */
const LONGEST_MS = 60_000;
/** Until it is tried again where the store could not be written. */
const AFTER_FAILURE_MS = 5000;

/** One timer for all that waits in the store, however much that is. */
export class WakeTimer {
  private readonly options: WakeTimerOptions;
  private timer: NodeJS.Timeout | undefined;
  private setTo = Infinity;
  private stopped = false;

  constructor(options: WakeTimerOptions) {
    this.options = options;
  }

  /** Something is due at the instant. */
  set(instant: Instant): void {
    if (this.stopped || instant >= this.setTo) return;
    this.setTo = instant;
    this.start(instant - this.options.now());
  }

  /** Looks into the store for what is due next. */
  look(): void {
    this.setTo = Infinity;
    const next = this.options.next();
    if (next !== undefined) this.set(next);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private start(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.due(), Math.min(Math.max(milliseconds, 0), LONGEST_MS));
  }

  private async due(): Promise<void> {
    try {
      if (this.setTo <= this.options.now()) await this.options.wake();
      if (!this.stopped) this.look();
    } catch {
      // A full disk, such as it is told of elsewhere: what is due stays due.
      if (!this.stopped) this.start(AFTER_FAILURE_MS);
    }
  }
}
