import { timeoutBy, type Timeout } from '../engine/timeout.ts';
import type { Instant } from '../run/records.ts';

/** A clock that stands still while anything works, and then jumps to the first instant that somebody waits for. */
export class VirtualClock {
  private time: Instant;
  private alarms: { at: Instant; ring: () => void }[] = [];
  private working = 0;
  private looking = false;

  constructor(now: Instant) {
    this.time = now;
  }

  now(): Instant {
    return this.time;
  }

  delay(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.set(milliseconds, resolve));
  }

  /** As `startTimeout`, by this clock. */
  timeout(milliseconds: number, stop?: AbortSignal): Timeout {
    return timeoutBy((wait, ring) => this.set(wait, ring), milliseconds, stop);
  }

  /** Wakes at the instant. Gives what takes that back. */
  at(instant: Instant, wake: () => void): () => void {
    return this.set(instant - this.time, wake);
  }

  /** Does something that takes no time, however long the machine takes for it. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.working += 1;
    try {
      return await work();
    } finally {
      this.working -= 1;
      this.look();
    }
  }

  /** In the middle of such work: waits for what takes time. */
  async waiting<Result>(wait: Promise<Result>): Promise<Result> {
    this.working -= 1;
    this.look();
    try {
      return await wait;
    } finally {
      this.working += 1;
    }
  }

  /** Nobody waits any more. */
  stop(): void {
    this.alarms = [];
  }

  /** Gives what takes it back. */
  private set(milliseconds: number, ring: () => void): () => void {
    const alarm = { at: this.time + Math.max(0, milliseconds), ring };
    this.alarms.push(alarm);
    this.look();
    return () => {
      this.alarms = this.alarms.filter((one) => one !== alarm);
    };
  }

  /** Once all that follows from what happened so far is done, time may go on. */
  private look(): void {
    if (this.looking) return;
    this.looking = true;
    setImmediate(() => {
      this.looking = false;
      if (this.working > 0) return;
      const first = this.alarms.reduce((earliest, { at }) => Math.min(earliest, at), Infinity);
      if (first === Infinity) return;
      this.time = Math.max(this.time, first);
      const due = this.alarms.filter(({ at }) => at <= this.time);
      this.alarms = this.alarms.filter(({ at }) => at > this.time);
      for (const { ring } of due) ring();
      this.look();
    });
  }
}
