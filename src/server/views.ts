import type { RunEvent } from '../engine/engine.ts';
import type { Plan } from '../generated/plan.ts';
import type { Failure } from '../run/failure.ts';
import type { AttemptRecord, Instant, RunRecord } from '../run/records.ts';
import type { Redactor } from '../secrets/redaction.ts';
import type { RefusalRecord, StorageEntry } from '../store/records.ts';
import type {
  AttemptView,
  RefusalListView,
  RunEventView,
  RunSummaryView,
  RunView,
  StepView,
  StorageEntryView,
} from './api-types.ts';

/** Puts what the store keeps exactly into the form in which it is shown: no known secret goes through here. */
export class Views {
  private readonly redactor: Redactor;

  constructor(redactor: Redactor) {
    this.redactor = redactor;
  }

  summary(run: RunRecord): RunSummaryView {
    const { id, account, automation, plan, status, createdAt, startedAt, finishedAt } = run;
    return {
      id,
      account,
      automation,
      plan,
      status,
      failure: this.failure(run.failure),
      created_at: iso(createdAt),
      started_at: isoWhereSet(startedAt),
      finished_at: isoWhereSet(finishedAt),
      duration_ms: duration(startedAt, finishedAt),
    };
  }

  run(run: RunRecord): RunView {
    const output = run.output === undefined ? undefined : this.redactor.json(run.output);
    return { ...this.summary(run), trigger: this.redactor.json(run.trigger), output };
  }

  /** The steps of the plan in their order, each with what the run did of it. */
  steps(plan: Plan, run: RunRecord, attempts: readonly AttemptRecord[]): StepView[] {
    return plan.steps.map((step) => {
      const own = attempts.filter(({ key }) => key.step === step.id);
      return {
        id: step.id,
        uses: `${step.connector}.${step.action}`,
        status: stepStatus(step.id, own.at(-1), run),
        attempts: own.map((attempt) => this.attempt(attempt)),
      };
    });
  }

  event(event: RunEvent): RunEventView {
    const { kind, run } = event;
    const step = 'attempt' in event ? { id: event.attempt.key.step, attempt: this.attempt(event.attempt) } : undefined;
    return { kind, run: this.summary(run), step };
  }

  storageEntry({ key, value, updatedAt }: StorageEntry): StorageEntryView {
    return { key, value: this.redactor.json(value), updated_at: iso(updatedAt) };
  }

  refusal({ receivedAt, ...refusal }: RefusalRecord): RefusalListView['refusals'][number] {
    const { reason, body } = refusal;
    return {
      ...refusal,
      received_at: iso(receivedAt),
      reason: this.redactor.text(reason),
      body: this.redactor.text(body),
    };
  }

  private attempt({ key, input, outcome, startedAt, finishedAt, sleepUntil }: AttemptRecord): AttemptView {
    return {
      attempt: key.attempt,
      input: this.redactor.json(input),
      output: outcome?.ok === true ? this.redactor.json(outcome.output) : undefined,
      failure: outcome?.ok === false ? this.failure(outcome.failure) : undefined,
      started_at: iso(startedAt),
      finished_at: isoWhereSet(finishedAt),
      duration_ms: duration(startedAt, finishedAt),
      retry_at: isoWhereSet(sleepUntil),
    };
  }

  private failure(failure: Failure | undefined): Failure | undefined {
    if (failure === undefined) return undefined;
    const { message, details } = failure;
    return {
      ...failure,
      message: this.redactor.text(message),
      ...(details === undefined ? {} : { details: this.redactor.json(details) }),
    };
  }
}

function stepStatus(step: string, last: AttemptRecord | undefined, run: RunRecord): StepView['status'] {
  // A step whose input could not be made has failed without an attempt.
  if (last === undefined) return run.failure?.step === step ? 'failed' : 'pending';
  if (last.outcome?.ok === true) return 'succeeded';
  if (last.outcome?.failure.class === 'uncertain') return 'uncertain';
  if (run.finishedAt !== undefined) return 'failed';
  return last.outcome === undefined ? 'running' : 'waiting';
}

export function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}

function isoWhereSet(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : iso(instant);
}

function duration(from: Instant | undefined, to: Instant | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}
