import type { Failure, Outcome } from '../../run/failure.ts';
import type { AttemptKey } from '../../run/records.ts';
import type { TimedEnd } from '../durable.ts';

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

export interface Timed<T> {
  /** The path of the step whose time it is. */
  step: string;
  /** Its time was over before this begins. */
  passed: boolean;
  /** Keeps that the time is over, before anything follows from it. */
  rings: () => void;
  /** Rings at the deadline. Gives what takes that back. */
  alarm: (ring: () => void) => () => void;
  /** Of the step. */
  doubts: Doubts;
  /** Unwinds with the signal's reason where that is aborted. */
  perform: (signal: AbortSignal) => Promise<T>;
  failure: () => Failure;
}

/** Lets something go on until it has ended, or its time is over. What a doubt is left of is for a person, in time or not. */
export async function untilDeadline<T>({
  step,
  passed,
  rings,
  alarm,
  doubts,
  perform,
  failure,
}: Timed<T>): Promise<TimedEnd<T>> {
  const time = new AbortController();
  const ring = (): void => {
    rings();
    time.abort(new TimeIsUp(step));
  };
  if (passed) ring();
  const takeBack = passed ? undefined : alarm(ring);
  try {
    const value = await perform(time.signal);
    if (!time.signal.aborted || doubts.first() !== undefined) return { inTime: true, value };
  } catch (error) {
    if (!time.signal.aborted || error !== time.signal.reason) throw error;
    const doubt = doubts.first();
    if (doubt !== undefined) return { inTime: false, failure: doubt };
  } finally {
    takeBack?.();
  }
  return { inTime: false, failure: failure() };
}
