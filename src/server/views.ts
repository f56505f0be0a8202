import type { Explanation } from '../authoring/explain/explain-run.ts';
import type { StandingFailure } from '../authoring/explain/standing-failures.ts';
import type { RunEvent } from '../engine/engine.ts';
import type { Again } from '../engine/pause-before-try.ts';
import type { TracedStep } from '../engine/trace.ts';
import type { PollTrigger } from '../generated/plan.ts';
import type { KnownSubscription } from '../runner/subscriptions/subscriptions.ts';
import type { Json } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import type { AttemptRecord, Instant, RunRecord, RunSummary } from '../run/records.ts';
import { loopOfPage } from '../run/page.ts';
import { calledRunId } from '../run/run-id.ts';
import type { Redactor } from '../secrets/redaction.ts';
import type { PollName, PollState, RefusalRecord, StorageEntry } from '../store/records.ts';
import type {
  AttemptView,
  ExplanationView,
  PageView,
  RefusalExplanationView,
  RefusalSummaryView,
  RefusalView,
  RetriedAttemptView,
  RunEventView,
  RunSummaryView,
  RunView,
  StandingFailureView,
  StepView,
  StorageEntryView,
  SubscriptionView,
} from './api-types.ts';
import type { PollView } from './poll-types.ts';

/** Puts what the store keeps exactly into the form in which it is shown: no known secret goes through here. */
export class Views {
  private readonly redactor: Redactor;

  constructor(redactor: Redactor) {
    this.redactor = redactor;
  }

  summary(run: RunSummary): RunSummaryView {
    const { id, account, automation, plan, status, createdAt, startedAt, finishedAt, parent, origin } = run;
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
      parent,
      origin,
    };
  }

  run(run: RunRecord): RunView {
    const output = run.output === undefined ? undefined : this.redactor.json(run.output);
    const warnings = (run.warnings ?? []).map((warning) => this.redactor.text(warning));
    return { ...this.summary(run), trigger: this.redactor.json(run.trigger), warnings, output };
  }

  explanation(run: RunRecord, explanation: Explanation): ExplanationView {
    return { run: this.summary(run), ...this.explained(explanation) };
  }

  refusalExplanation(refusal: RefusalRecord, explanation: Explanation): RefusalExplanationView {
    return { refusal: this.refusalSummary(refusal), ...this.explained(explanation) };
  }

  private explained({ headline, findings }: Explanation): Pick<ExplanationView, 'headline' | 'findings'> {
    const redacted = (lines: readonly string[]): string[] => lines.map((line) => this.redactor.text(line));
    return {
      headline: this.redactor.text(headline),
      findings: findings.map(({ step, what, because, edit }) => ({
        step,
        what: this.redactor.text(what),
        because: redacted(because),
        edit: redacted(edit),
      })),
    };
  }

  /** `run`: the id of the step's run; `approval`: path of the page of an approval that is open. */
  step(run: string, traced: TracedStep, approval?: string): StepView {
    const { path, step, depth, end, attempts, timed, pages, again } = traced;
    const { body, id } = step;
    const journaled = body.kind === 'action' || body.kind === 'call' || body.kind === 'wait';
    const output = end?.kind === 'done' && !journaled ? end.output : undefined;
    const failure = end?.kind === 'failed' || end?.kind === 'handled' ? end.failure : undefined;
    return {
      path,
      id,
      kind: body.kind,
      uses: body.kind === 'action' ? `${body.step.connector}.${body.step.action}` : undefined,
      called: body.kind === 'call' && attempts.length > 0 ? calledRunId(run, path) : undefined,
      approval,
      depth,
      again: again && this.again(again),
      status: stepStatus(traced),
      output: output === undefined ? undefined : this.redactor.json(output),
      failure: attempts.length === 0 ? this.failure(failure) : undefined,
      attempts: attempts.map((attempt) => this.attempt(attempt)),
      ends_by: isoWhereSet(timed?.sleepUntil),
      pages: pages.length === 0 ? undefined : pages.map(pageView),
    };
  }

  standing({ step, what, comes }: StandingFailure): StandingFailureView {
    return { step, what: this.redactor.text(what), comes };
  }

  event(event: RunEvent): RunEventView {
    const { kind, run } = event;
    const step = 'attempt' in event ? { id: event.attempt.key.step, attempt: this.attempt(event.attempt) } : undefined;
    return { kind, run: this.summary(run), step };
  }

  storageEntry({ key, value, updatedAt }: StorageEntry): StorageEntryView {
    return { key, value: this.redactor.json(value), updated_at: iso(updatedAt) };
  }

  refusalSummary({ id, account, automation, receivedAt, status, reason, run }: RefusalRecord): RefusalSummaryView {
    return { id, account, automation, received_at: iso(receivedAt), status, reason: this.redactor.text(reason), run };
  }

  /** `signature` is the header in which the webhook's signature stands. */
  refusal(refusal: RefusalRecord, signature: string | undefined): RefusalView {
    const { query, headers, body, cut } = refusal;
    const shown = Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      name === signature || SECRET_HEADER.test(name) ? '[hidden]' : this.redactor.text([value].flat().join(', ')),
    ]);
    return {
      ...this.refusalSummary(refusal),
      query: this.redactor.text(query),
      headers: Object.fromEntries(shown),
      body: this.redactor.text(Buffer.from(body).toString()),
      cut,
    };
  }

  poll({ account, automation }: PollName, { on, every_ms }: PollTrigger, state: PollState | undefined): PollView {
    const { polledAt, failure } = state ?? {};
    return { account, automation, on, every_ms, polled_at: isoWhereSet(polledAt), failure: this.failure(failure) };
  }

  subscription({ wanted, record }: KnownSubscription): SubscriptionView | undefined {
    const names = wanted ?? record;
    if (names === undefined) return undefined;
    const { account, connection, service, name, key } = names;
    const { expiresAt, changedAt, dueAt, failure, remoteId, status } = record ?? {};
    return {
      account,
      connection,
      subscription: `${service}.${name}`,
      key,
      remote_id: remoteId,
      events: wanted?.events ?? record?.events ?? [],
      automations: wanted?.automations ?? [],
      status: (wanted === undefined ? status && 'deleting' : status) ?? 'waiting',
      changed_at: status === 'active' ? isoWhereSet(changedAt) : undefined,
      expires_at: isoWhereSet(expiresAt),
      failure: this.failure(failure),
      due_at: isoWhereSet(dueAt),
    };
  }

  private again({ code, message, step, at }: Again): StepView['again'] {
    return { code, message: this.redactor.text(message), step, at: iso(at) };
  }

  /** None of a page as a whole: what failed in it is told by itself. */
  retried(attempts: readonly AttemptRecord[]): RetriedAttemptView[] {
    return attempts
      .filter(({ key }) => loopOfPage(key.step) === undefined)
      .map((attempt) => ({ step: attempt.key.step, ...this.attempt(attempt) }));
  }

  private attempt({ key, input, outcome, startedAt, finishedAt, sleepUntil }: AttemptRecord): AttemptView {
    return {
      attempt: key.attempt,
      input: this.redactor.json(input),
      input_bytes: bytesOf(input),
      output: outcome?.ok === true ? this.redactor.json(outcome.output) : undefined,
      output_bytes: outcome?.ok === true ? bytesOf(outcome.output) : undefined,
      warnings: outcome?.ok === true ? outcome.warnings?.map((words) => this.redactor.text(words)) : undefined,
      failure: outcome?.ok === false ? this.failure(outcome.failure) : undefined,
      started_at: iso(startedAt),
      finished_at: isoWhereSet(finishedAt),
      duration_ms: duration(startedAt, finishedAt),
      retry_at: outcome?.ok === false && outcome.failure.class !== 'permanent' ? isoWhereSet(sleepUntil) : undefined,
      waits_until: outcome === undefined ? isoWhereSet(sleepUntil) : undefined,
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

function pageView({ key, outcome, startedAt, finishedAt }: AttemptRecord): PageView {
  const status = outcome === undefined ? 'running' : outcome.ok ? 'succeeded' : 'failed';
  return { page: key.step, status, started_at: iso(startedAt), finished_at: isoWhereSet(finishedAt) };
}

/** A wrong key or signature may still be nearly the right one. */
const SECRET_HEADER = /auth|cookie|key|secret|signature|token|hmac/i;

function stepStatus({ begun, end, step: { body }, attempts, again }: TracedStep): StepView['status'] {
  switch (end?.kind) {
    case 'done':
    case 'stopped':
      return 'succeeded';
    case 'skipped':
    case 'not_taken':
      return 'skipped';
    case 'failed':
    case 'handled':
      return end.failure.class === 'uncertain' ? 'uncertain' : 'failed';
    case undefined:
      if (!begun) return 'pending';
      if (again?.waits === true || attempts.at(-1)?.outcome?.ok === false) return 'waiting';
      return body.kind === 'call' || body.kind === 'wait' ? 'waiting' : 'running';
  }
}

function bytesOf(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

export function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}

export function isoWhereSet(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : iso(instant);
}

function duration(from: Instant | undefined, to: Instant | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}
