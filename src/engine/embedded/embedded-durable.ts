import type { Json } from '../../json/value.ts';
import type { Failure, Outcome } from '../../run/failure.ts';
import type { AttemptKey, AttemptRecord, Instant, RunRecord } from '../../run/records.ts';
import type { StorageOperation } from '../../run/storage-operation.ts';
import { calledRunId } from '../../run/run-id.ts';
import type { RunStore } from '../../store/store.ts';
import type { AttemptCall, AutomationCall, Durable, WaitCall } from '../durable.ts';
import type { Limiter, Turn } from '../limiter.ts';
import { startedOutcome } from '../perform-call.ts';
import { Waits } from './waits.ts';

/** Unwinds a run that is left to the next start; nothing of it is journaled. */
export class Stopped extends Error {}

export interface DurableHost {
  runs: Pick<RunStore, 'beginAttempt' | 'beginCall' | 'endWait' | 'finishAttempt' | 'sleep' | 'storageAttempt'>;
  now(): Instant;
  limiter: Limiter;
  /** Wakes at the instant. Gives what takes that back. */
  at(instant: Instant, wake: () => void): () => void;
  /** The run does nothing but wait. */
  idle(run: RunRecord): void;
  /** No further attempt may begin. */
  stopping(): boolean;
  /** Aborted when attempts under way must end too. */
  abort: AbortSignal;
  /** A run was inserted that a step called. */
  runCalled(run: RunRecord): void;
  attemptStarted(run: RunRecord, attempt: AttemptRecord): void;
  attemptFinished(run: RunRecord, attempt: AttemptRecord): void;
}

/** The journal of one run in the store. */
export class EmbeddedDurable implements Durable {
  readonly waits: Waits;
  private readonly host: DurableHost;
  private readonly run: RunRecord;
  private readonly journal: Map<string, AttemptRecord>;
  /** The record of what finished last: it must be on disk before anything more happens outside of the store. */
  private lastWrite: Promise<void> = Promise.resolve();
  private settled: Promise<unknown> = Promise.resolve();

  constructor(host: DurableHost, run: RunRecord, journal: readonly AttemptRecord[]) {
    this.host = host;
    this.run = run;
    this.waits = new Waits({ at: (instant, wake) => host.at(instant, wake), idle: () => host.idle(run) });
    this.journal = new Map(journal.map((attempt) => [nameOf(attempt.key), attempt]));
  }

  attempt(call: AttemptCall): Promise<Outcome> {
    return this.waits.busy(() => this.performAttempt(call));
  }

  storage(key: AttemptKey, input: Json, operation: StorageOperation): Promise<Outcome> {
    return this.waits.busy(() => this.performStorage(key, input, operation));
  }

  async sleep(key: AttemptKey, milliseconds: number): Promise<void> {
    const until = await this.waits.busy(() => this.decideSleep(key, milliseconds));
    if (until > this.host.now()) await this.waits.instant(until);
  }

  async call(call: AutomationCall): Promise<Outcome> {
    const known = this.journal.get(nameOf(call.key));
    if (known?.outcome !== undefined) return known.outcome;
    const begun = known === undefined ? await this.waits.busy(() => this.beginCall(call)) : undefined;
    return begun ?? this.fromElsewhere(call.key);
  }

  async wait(call: WaitCall): Promise<Outcome> {
    const known = this.journal.get(nameOf(call.key));
    if (known?.outcome !== undefined) return known.outcome;
    const record = known ?? (await this.waits.busy(() => this.beginWait(call)));
    const { sleepUntil } = record;
    const outcome = await this.waits.outcome(call.key, sleepUntil);
    if (outcome !== undefined || sleepUntil === undefined) return outcome ?? noEnd(call.key);
    return this.waits.busy(() => this.endWait(record, call.over(sleepUntil)));
  }

  /** Resolves when all that the run wrote is on disk. Rejects where something is not, once nothing of it is under way. */
  async written(): Promise<void> {
    await this.settled;
    await this.lastWrite;
  }

  private async performAttempt(call: AttemptCall): Promise<Outcome> {
    const { key, limits } = call;
    const known = this.journal.get(nameOf(key));
    if (known?.outcome !== undefined) return known.outcome;
    await this.lastWrite;
    if (this.host.stopping()) throw new Stopped();
    const turn = await this.host.limiter.enter(limits);
    try {
      if (this.host.stopping()) throw new Stopped();
      this.waits.goOn();
      return this.mayNotRepeat(call, known)
        ? await this.giveUp(call, known)
        : await this.performInTurn(call, turn, known);
    } finally {
      turn.release();
    }
  }

  private async performInTurn(call: AttemptCall, turn: Turn, known: AttemptRecord | undefined): Promise<Outcome> {
    // The service counts from the first time that it saw the key.
    const startedAt = (call.repeatable === undefined ? undefined : known?.startedAt) ?? this.host.now();
    const record = await this.begin(call, startedAt);
    this.host.attemptStarted(this.run, record);
    const outcome = await call.perform(this.host.abort, () => turn.next());
    if (this.host.abort.aborted) throw new Stopped();
    if (!outcome.ok && outcome.failure.retryAfterMs !== undefined) turn.hold(outcome.failure.retryAfterMs);
    return this.finish(record, outcome);
  }

  /** Whether a write may have taken place that the service would do again. */
  private mayNotRepeat({ effect, repeatable }: AttemptCall, known: AttemptRecord | undefined): boolean {
    if (effect !== 'write') return false;
    if (repeatable === undefined) return known !== undefined;
    const first = this.journal.get(nameOf(repeatable.since));
    return first !== undefined && this.host.now() - first.startedAt > repeatable.forMs;
  }

  private async giveUp(call: AttemptCall, known: AttemptRecord | undefined): Promise<Outcome> {
    return this.finish(known ?? (await this.begin(call, this.host.now())), uncertain(call.key));
  }

  /** Journals the attempt as begun: a write before it is performed. */
  private async begin({ key, effect, input }: AttemptCall, startedAt: Instant): Promise<AttemptRecord> {
    const record: AttemptRecord = { run: this.run.id, key, effect, input, startedAt };
    this.journal.set(nameOf(key), record);
    const begun = this.host.runs.beginAttempt(record, effect === 'write' ? 'now' : 'soon');
    if (effect === 'write') await begun;
    else this.follow(begun);
    return record;
  }

  private async performStorage(key: AttemptKey, input: Json, operation: StorageOperation): Promise<Outcome> {
    const known = this.journal.get(nameOf(key));
    if (known?.outcome !== undefined) return known.outcome;
    if (this.host.stopping()) throw new Stopped();
    const startedAt = this.host.now();
    const write = this.host.runs.storageAttempt(this.run, key, input, operation, startedAt);
    this.follow(write.durable);
    const outcome = await write.result;
    const record: AttemptRecord = {
      run: this.run.id,
      key,
      effect: 'idempotent',
      input,
      startedAt,
      finishedAt: startedAt,
      outcome,
    };
    this.host.attemptFinished(this.run, record);
    return outcome;
  }

  private async decideSleep(key: AttemptKey, milliseconds: number): Promise<Instant> {
    const known = this.journal.get(nameOf(key));
    if (known?.sleepUntil !== undefined) return known.sleepUntil;
    const until = (known?.finishedAt ?? this.host.now()) + milliseconds;
    await this.lastWrite;
    await this.host.runs.sleep(this.run.id, key, until);
    return until;
  }

  /** The outcome, where nothing is waited for. */
  private async beginCall(call: AutomationCall): Promise<Outcome | undefined> {
    const { key, automation, plan, trigger, input, waits } = call;
    await this.lastWrite;
    if (this.host.stopping()) throw new Stopped();
    const { id: run, account } = this.run;
    const startedAt = this.host.now();
    const parent = { run, step: key.step };
    const id = calledRunId(run, key.step);
    const called: RunRecord = {
      id,
      account,
      automation,
      plan,
      status: 'queued',
      trigger,
      parent,
      createdAt: startedAt,
    };
    const outcome = waits ? undefined : startedOutcome(id);
    const attempt: AttemptRecord = { run, key, effect: 'idempotent', input, startedAt };
    await this.host.runs.beginCall(attempt, called, outcome);
    this.host.attemptStarted(this.run, attempt);
    if (outcome !== undefined) this.host.attemptFinished(this.run, { ...attempt, finishedAt: startedAt, outcome });
    this.host.runCalled(called);
    return outcome;
  }

  /** Who gives the outcome has journaled it. */
  private async fromElsewhere(key: AttemptKey): Promise<Outcome> {
    return (await this.waits.outcome(key, undefined)) ?? noEnd(key);
  }

  private async beginWait({ key, input, until }: WaitCall): Promise<AttemptRecord> {
    await this.lastWrite;
    if (this.host.stopping()) throw new Stopped();
    const startedAt = this.host.now();
    const sleepUntil = until(startedAt);
    const record: AttemptRecord = {
      run: this.run.id,
      key,
      effect: 'read',
      input,
      startedAt,
      ...(sleepUntil === undefined ? {} : { sleepUntil }),
    };
    await this.host.runs.beginAttempt(record, 'now');
    this.host.attemptStarted(this.run, record);
    return record;
  }

  private async endWait(record: AttemptRecord, over: Outcome): Promise<Outcome> {
    const finishedAt = this.host.now();
    const outcome = await this.host.runs.endWait({ run: this.run.id, key: record.key, outcome: over }, finishedAt);
    this.host.attemptFinished(this.run, { ...record, finishedAt, outcome });
    return outcome;
  }

  private finish(record: AttemptRecord, outcome: Outcome): Outcome {
    const finishedAt = this.host.now();
    this.follow(this.host.runs.finishAttempt(this.run.id, record.key, finishedAt, outcome));
    this.host.attemptFinished(this.run, { ...record, finishedAt, outcome });
    return outcome;
  }

  /** Keeps a write's end in mind; a failure comes out at the next wait. */
  private follow(write: Promise<void>): void {
    const all = Promise.all([this.lastWrite, write]).then(() => undefined);
    all.catch(() => undefined);
    this.lastWrite = all;
    this.settled = Promise.allSettled([this.settled, write]);
  }
}

function nameOf({ step, attempt }: AttemptKey): string {
  return `${step} ${attempt}`;
}

function noEnd({ step }: AttemptKey): never {
  throw new TypeError(`the wait of step ${step} has no end of its own`);
}

function uncertain({ step }: AttemptKey): Outcome {
  const failure: Failure = {
    class: 'uncertain',
    code: 'interrupted',
    message: `the runner was stopped in the middle of step ${step}, which writes: nobody can say whether it was done`,
    help: 'look at the service, then decide whether to do it again',
  };
  return { ok: false, failure };
}
