import type { AttemptCall, Durable } from '../../src/engine/durable.ts';
import type { RunResult } from '../../src/engine/interpret.ts';
import type { Outcome } from '../../src/run/failure.ts';
import type { AttemptKey, RunRecord } from '../../src/run/records.ts';
import type { ManualClock } from './manual-clock.ts';

/** An engine that can be killed at any instant. */
export interface Harness {
  /** Takes the run up from what is durable, as a new process does. */
  resume(run: RunRecord): Durable;
  /** Loses, at once, all that is not durable. What was resumed before is dead. */
  crash(): void;
  /** Resolves when all that the durables resumed since the last crash were told is durable. */
  settled(): Promise<void>;
  /** The runs that the run has called, as far as they are durable. */
  called(run: RunRecord): RunRecord[];
  /** Ends a run that another called; durable when it resolves. */
  end(called: RunRecord, result: RunResult): Promise<void>;
  /** Gives an attempt that waits its outcome; durable when it resolves. */
  answer(run: RunRecord, key: AttemptKey, outcome: Outcome): Promise<void>;
  /** The run has failed, and goes on without these attempts; durable when it resolves. */
  retry(run: RunRecord, forgotten: readonly AttemptKey[]): Promise<void>;
  close(): Promise<void>;
}

export type MakeHarness = (clock: ManualClock, runs: readonly RunRecord[]) => Promise<Harness>;

/** One process's life: once it is over, nothing in it goes on. */
export class Life {
  over = false;
  private readonly moment: () => void;

  /** `moment` is told of each instant at which something begins or ends; it may end the life there. */
  constructor(moment: () => void = () => {}) {
    this.moment = moment;
  }

  /** The durable as the process sees it. */
  of(durable: Durable): Durable {
    return {
      attempt: (call) =>
        this.live(() =>
          durable.attempt({ ...call, perform: (signal, next) => this.live(() => call.perform(signal, next)) }),
        ),
      storage: (key, input, operation) => this.live(() => durable.storage(key, input, operation)),
      sleep: (key, milliseconds) => this.live(() => durable.sleep(key, milliseconds)),
      wait: (call) => this.live(() => durable.wait(call)),
      call: (call) => this.live(() => durable.call(call)),
      page: (page) =>
        this.live(() => durable.page({ ...page, perform: (part) => this.live(() => page.perform(this.of(part))) })),
      timed: (timed) =>
        this.live(() => durable.timed({ ...timed, perform: (part) => this.live(() => timed.perform(this.of(part))) })),
    };
  }

  private async live<T>(work: () => Promise<T>): Promise<T> {
    await this.pass();
    try {
      const result = await work();
      await this.pass();
      return result;
    } catch (error) {
      if (this.over) return never();
      throw error;
    }
  }

  private pass(): Promise<void> | void {
    if (!this.over) this.moment();
    if (this.over) return never();
  }
}

/** What an attempt does in the middle of which the process dies. */
export function dyingIn(crash: () => void): AttemptCall['perform'] {
  return () => {
    crash();
    return never();
  };
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}
