import type { Failure, Outcome } from '../../run/failure.ts';
import type { AttemptKey } from '../../run/records.ts';

/** Unwinds a step whose time is over. Services that are called meanwhile see it as every timeout. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeoutError';
  /** The path of the step. */
  readonly step: string;

  constructor(step: string) {
    super(`the time of step ${step} is over`);
    this.step = step;
  }
}

/** The steps, within a part of a run, of whose last attempt nobody knows whether it took place. */
export class Doubts {
  private readonly around: Doubts | undefined;
  private readonly open = new Map<string, Failure>();

  /** `around`: those of the part in which it stands. */
  constructor(around: Doubts | undefined) {
    this.around = around;
  }

  note(key: AttemptKey, outcome: Outcome): void {
    const { step } = key;
    if (!outcome.ok && outcome.failure.class === 'uncertain') this.open.set(step, { ...outcome.failure, step });
    else this.open.delete(step);
    this.around?.note(key, outcome);
  }

  first(): Failure | undefined {
    for (const failure of this.open.values()) return failure;
    return undefined;
  }
}
