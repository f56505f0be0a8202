import type { AttemptCall, Durable } from '../../src/engine/durable.ts';
import type { RunResult } from '../../src/engine/interpret.ts';
import type { FailureClass, Outcome } from '../../src/run/failure.ts';
import type { AttemptKey, Effect, RunRecord } from '../../src/run/records.ts';
import { sampleRun } from '../store/sample-store.ts';
import { dyingIn, Life, type Harness, type MakeHarness } from './harness.ts';
import { ManualClock } from './manual-clock.ts';

/** An engine with two runs, the process that lives on it, and what the outside world saw. */
export class Trial {
  readonly clock: ManualClock;
  readonly run: RunRecord;
  readonly other: RunRecord;
  /** The steps that were performed, in order. */
  readonly performed: string[] = [];
  private readonly harness: Harness;
  private life = new Life();

  private constructor(clock: ManualClock, runs: readonly [RunRecord, RunRecord], harness: Harness) {
    this.clock = clock;
    [this.run, this.other] = runs;
    this.harness = harness;
  }

  static async on(makeHarness: MakeHarness, body: (trial: Trial) => Promise<void>): Promise<void> {
    const clock = new ManualClock();
    const runs = [sampleRun(), sampleRun()] as const;
    const harness = await makeHarness(clock, runs);
    try {
      await body(new Trial(clock, runs, harness));
    } finally {
      await harness.close();
    }
  }

  /** Takes up a run in the process that lives now. */
  resume(run: RunRecord = this.run): Durable {
    return this.life.of(this.harness.resume(run));
  }

  /** Kills the process. The next `resume` is in a new one. */
  crash(): void {
    this.life.over = true;
    this.harness.crash();
    this.life = new Life();
  }

  /** Waits until all is durable, then kills the process. */
  async crashSettled(): Promise<void> {
    await this.settled();
    this.crash();
  }

  called(): RunRecord[] {
    return this.harness.called(this.run);
  }

  end(called: RunRecord, result: RunResult): Promise<void> {
    return this.harness.end(called, result);
  }

  answer(key: AttemptKey, outcome: Outcome): Promise<void> {
    return this.harness.answer(this.run, key, outcome);
  }

  /** What failed of the run is forgotten, and a new process takes it up. */
  async retry(...forgotten: AttemptKey[]): Promise<void> {
    await this.settled();
    await this.harness.retry(this.run, forgotten);
    this.crash();
  }

  settled(): Promise<void> {
    return this.harness.settled();
  }

  /** A life that may end at any of its moments. */
  lifeWith(moment: () => void): void {
    this.life = new Life(moment);
  }

  /** An attempt that is counted, and whose outcome is another one each time. */
  call(step: string, effect: Effect, fails?: FailureClass, perform?: AttemptCall['perform']): AttemptCall {
    return {
      key: keyOf(step),
      effect,
      input: { step },
      limits: [],
      perform: (signal, next) => {
        this.performed.push(step);
        return perform === undefined ? Promise.resolve(this.outcome(fails)) : perform(signal, next);
      },
    };
  }

  /** An attempt in whose middle the process dies. */
  dyingCall(step: string, effect: Effect): AttemptCall {
    return this.call(
      step,
      effect,
      undefined,
      dyingIn(() => this.crash()),
    );
  }

  private outcome(fails: FailureClass | undefined): Outcome {
    const count = this.performed.length;
    if (fails === undefined) return { ok: true, output: { count } };
    return { ok: false, failure: { class: fails, code: 'http_status', message: `no ${count}` } };
  }
}

export function keyOf(step: string, attempt = 1): AttemptKey {
  return { step, attempt };
}
