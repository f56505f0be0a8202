import type { Failure, Outcome } from '../../run/failure.ts';
import type { AttemptKey, AttemptRecord, RunRecord } from '../../run/records.ts';
import type { Answer } from '../../store/store.ts';
import { calledOutcome } from '../perform-call.ts';

/** What is known of attempts, by their names. */
export type Journal = Map<string, AttemptRecord>;

export function nameOf({ step, attempt }: AttemptKey): string {
  return `${step} ${attempt}`;
}

export function journalOf(attempts: readonly AttemptRecord[]): Journal {
  return new Map(attempts.map((attempt) => [nameOf(attempt.key), attempt]));
}

export function timedOut(step: string): Failure {
  return {
    class: 'permanent',
    code: 'step_timeout',
    message: `ended, because the time of step ${step} was over`,
  };
}

export function canceled(reason: string): Failure {
  return { class: 'permanent', code: 'canceled', message: `canceled: ${reason}` };
}

export function noEnd({ step }: AttemptKey): never {
  throw new TypeError(`the wait of step ${step} has no end of its own`);
}

export function uncertain({ step }: AttemptKey): Outcome {
  const failure: Failure = {
    class: 'uncertain',
    code: 'interrupted',
    message: `the runner was stopped in the middle of step ${step}, which writes: nobody can say whether it was done`,
    help: 'look at the service, then decide whether to do it again',
  };
  return { ok: false, failure };
}

/** What a run that has ended is to the step that called it. */
export function answerToCaller(run: RunRecord): Answer | undefined {
  const { parent } = run;
  return parent && { run: parent.run, key: { step: parent.step, attempt: 1 }, outcome: calledOutcome(run) };
}
