import type { Instant } from '../../src/run/records.ts';

/** A clock that stands still until it is told to go on. */
export class ManualClock {
  private time: Instant = 1_000_000;
  private sleepers: { until: Instant; wake: () => void }[] = [];

  now(): Instant {
    return this.time;
  }

  delay(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((wake) => this.sleepers.push({ until: this.time + milliseconds, wake }));
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
    const due = this.sleepers.filter(({ until }) => until <= this.time);
    this.sleepers = this.sleepers.filter(({ until }) => until > this.time);
    for (const { wake } of due) wake();
  }

  /** Goes on to the first instant for which somebody waits, if there is one. */
  advanceToNext(): void {
    const first = Math.min(...this.sleepers.map(({ until }) => until));
    if (Number.isFinite(first)) this.advance(first - this.time);
  }

  /** Those who wait died. */
  forget(): void {
    this.sleepers = [];
  }

  waiting(): number {
    return this.sleepers.length;
  }
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
