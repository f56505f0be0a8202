import type { Json, JsonObject } from '../../json/value.ts';
import type { Failure, Outcome } from '../../run/failure.ts';
import type { AttemptKey, AttemptRecord, Instant, RunRecord } from '../../run/records.ts';
import type { StorageOperation } from '../../run/storage-operation.ts';
import { calledRunId } from '../../run/run-id.ts';
import type { RunStore } from '../../store/store.ts';
import type { AttemptCall, AutomationCall, Durable, PageCall, TimedCall, TimedEnd, WaitCall } from '../durable.ts';
import type { Turn } from '../limiter.ts';
import { startedOutcome } from '../perform-call.ts';
import { Doubts, TimeIsUp, untilDeadline } from './deadline.ts';
import { LaterBegin } from './later-begin.ts';
import { journalOf, nameOf, noEnd, timedOut, uncertain, type Journal } from './journal.ts';
import { OpenWrites } from './open-writes.ts';
import { takeTurn, type TurnHost } from './take-turn.ts';
import { Waits } from './waits.ts';

/** Unwinds a run that is left to the next start; nothing of it is journaled. */
export class Stopped extends Error {}

export interface DurableHost extends TurnHost {
  runs: Pick<
    RunStore,
    | 'attempts'
    | 'beginAttempt'
    | 'beginCall'
    | 'endWait'
    | 'finishAttempt'
    | 'recordAttempt'
    | 'sleep'
    | 'storageAttempt'
  >;
  now(): Instant;
  /** Wakes at the instant. Gives what takes that back. */
  at(instant: Instant, wake: () => void): () => void;
  /** The run does nothing but wait. */
  idle(run: RunRecord): void;
  /** No further attempt may begin. */
  stopping(): boolean;
  /** The group of a run of that plan. */
  groupOf(plan: string, trigger: JsonObject): string | undefined;
  /** A run was inserted that a step called. */
  runCalled(run: RunRecord): void;
  /** Ends a run that a step called, which gets its failure as its outcome. */
  endCalled(run: string, failure: Failure): Promise<void>;
  attemptStarted(run: RunRecord, attempt: AttemptRecord): void;
  attemptFinished(run: RunRecord, attempt: AttemptRecord): void;
}

/** What all parts of a run share. */
interface RunUnderWay {
  waits: Waits;
  /** Aborted when attempts under way must end too. */
  abort: AbortSignal;
  /** What finished must be on disk before anything more happens outside of the store; pages and deadlines are followed aside. */
  writes: OpenWrites;
}

/** The journal of one run in the store. */
export class EmbeddedDurable implements Durable {
  private readonly host: DurableHost;
  private readonly run: RunRecord;
  private readonly journal: Journal;
  private readonly shared: RunUnderWay;
  private readonly doubts: Doubts;
  /** Aborted with `TimeIsUp` when a step around has used up its time. */
  private readonly deadline: AbortSignal | undefined;

  private constructor(
    host: DurableHost,
    run: RunRecord,
    journal: Journal,
    shared: RunUnderWay,
    doubts: Doubts,
    deadline: AbortSignal | undefined,
  ) {
    this.host = host;
    this.run = run;
    this.journal = journal;
    this.shared = shared;
    this.doubts = doubts;
    this.deadline = deadline;
  }

  /** `abort` is aborted when attempts under way must end too; nothing of them is journaled then. */
  static of(host: DurableHost, run: RunRecord, journal: readonly AttemptRecord[], abort: AbortSignal): EmbeddedDurable {
    const waits = new Waits({ at: (instant, wake) => host.at(instant, wake), idle: () => host.idle(run) });
    const shared = { waits, abort, writes: new OpenWrites() };
    return new EmbeddedDurable(host, run, journalOf(journal), shared, new Doubts(undefined), undefined);
  }

  get waits(): Waits {
    return this.shared.waits;
  }

  attempt(call: AttemptCall): Promise<Outcome> {
    return this.waits.busy(async () => {
      const outcome = await this.performAttempt(call);
      this.doubts.note(call.key, outcome);
      return outcome;
    });
  }

  storage(key: AttemptKey, input: Json, operation: StorageOperation): Promise<Outcome> {
    return this.waits.busy(() => this.performStorage(key, input, operation));
  }

  async sleep(key: AttemptKey, milliseconds: number): Promise<void> {
    const until = await this.waits.busy(() => this.decideSleep(key, milliseconds));
    if (until > this.host.now()) await this.waits.instant(until, this.deadline);
  }

  async call(call: AutomationCall): Promise<Outcome> {
    const known = this.journal.get(nameOf(call.key));
    if (known?.outcome !== undefined) return known.outcome;
    const begun = known === undefined ? await this.waits.busy(() => this.beginCall(call)) : undefined;
    return begun ?? this.endOfCalled(call.key);
  }

  async wait(call: WaitCall): Promise<Outcome> {
    const known = this.journal.get(nameOf(call.key));
    if (known?.outcome !== undefined) return known.outcome;
    const record = known ?? (await this.waits.busy(() => this.beginWait(call)));
    const { sleepUntil } = record;
    try {
      const outcome = await this.waits.outcome(call.key, sleepUntil, this.deadline);
      if (outcome !== undefined || sleepUntil === undefined) return outcome ?? noEnd(call.key);
    } catch (error) {
      // Nobody is to answer what is not waited for any more.
      if (error instanceof TimeIsUp)
        await this.waits.busy(() => this.endWait(record, { ok: false, failure: timedOut(error.step) }));
      throw error;
    }
    return this.waits.busy(() => this.endWait(record, call.over(sleepUntil)));
  }

  async page({ key, input, perform }: PageCall): Promise<Outcome | undefined> {
    const known = this.journal.get(nameOf(key));
    if (known?.outcome !== undefined) return known.outcome;
    this.mayBegin();
    if (known === undefined)
      this.shared.writes.followAside(this.host.runs.beginAttempt(this.opening(key, input), 'soon'));
    // Also where its begin is not kept: what was written later may be.
    const journal = this.host.runs.attempts(this.run.id, key.step);
    const outcome = await perform(this.part(journalOf(journal), this.doubts));
    if (outcome !== undefined) this.decide(key, outcome);
    return outcome;
  }

  async timed<T>(call: TimedCall<T>): Promise<TimedEnd<T>> {
    const { key, forMs } = call;
    const known = this.journal.get(nameOf(key));
    // It is decided: what it did in time, it does in time again.
    if (known?.outcome?.ok === true) return { inTime: true, value: await call.perform(this) };
    if (known?.outcome?.ok === false) return { inTime: false, failure: known.outcome.failure };
    this.mayBegin();
    const record = known ?? { ...this.opening(key, { timeout_ms: forMs }), sleepUntil: this.host.now() + forMs };
    if (known === undefined) this.shared.writes.followAside(this.host.runs.beginAttempt(record, 'soon'));
    return this.untilDeadline(call, record.startedAt, record.sleepUntil ?? record.startedAt + forMs);
  }

  /** Keeps a write in mind that belongs to the run and that nobody waits for. */
  follow(write: Promise<void>): void {
    this.shared.writes.followAside(write);
  }

  /** Resolves when all that the run wrote is on disk. Rejects where something is not, once nothing of it is under way. */
  written(): Promise<void> {
    return this.shared.writes.allSettled();
  }

  /** A deadline that is the begin has passed, wherever the clock is set: that is how it is kept that it once has. */
  private async untilDeadline<T>(
    { key, perform, over }: TimedCall<T>,
    begun: Instant,
    deadline: Instant,
  ): Promise<TimedEnd<T>> {
    const doubts = new Doubts(this.doubts);
    const isKept = deadline <= begun;
    const end = await untilDeadline({
      step: key.step,
      passed: isKept || this.host.now() >= deadline,
      rings: () => isKept || this.shared.writes.followAside(this.host.runs.sleep(this.run.id, key, begun)),
      alarm: (ring) => this.waits.alarm(deadline, ring),
      doubts,
      perform: (signal) => perform(this.part(this.journal, doubts, signal)),
      failure: () => over(deadline),
    });
    if (doubts.first() !== undefined) return end;
    this.decide(key, end.inTime ? { ok: true, output: null } : { ok: false, failure: end.failure });
    return end;
  }

  /** A part of the run, in which a deadline may hold beside those around it. */
  private part(journal: Journal, doubts: Doubts, deadline?: AbortSignal): EmbeddedDurable {
    const signals = [this.deadline, deadline].filter((signal) => signal !== undefined);
    const signal = signals.length < 2 ? signals[0] : AbortSignal.any(signals);
    return new EmbeddedDurable(this.host, this.run, journal, this.shared, doubts, signal);
  }

  private decide(key: AttemptKey, outcome: Outcome): void {
    this.shared.writes.followAside(this.host.runs.finishAttempt(this.run.id, key, this.host.now(), outcome));
  }

  /** Throws where nothing more may begin. */
  private mayBegin(): void {
    this.waits.goOn();
    if (this.host.stopping()) throw new Stopped();
    this.deadline?.throwIfAborted();
  }

  /** The record of something that begins now, and has no effect of its own. */
  private opening(key: AttemptKey, input: Json): AttemptRecord {
    return { run: this.run.id, key, effect: 'read', input, startedAt: this.host.now() };
  }

  private async performAttempt(call: AttemptCall): Promise<Outcome> {
    const { key, limits } = call;
    const known = this.journal.get(nameOf(key));
    if (known?.outcome !== undefined) return known.outcome;
    const open = this.shared.writes.settled();
    if (open !== undefined) await open;
    this.mayBegin();
    const turn =
      this.host.limiter.enterNow(limits) ?? (await takeTurn(this.host, this.run, this.waits, limits, this.deadline));
    try {
      this.mayBegin();
      return this.mayNotRepeat(call, known) ? this.giveUp(call, known) : await this.performInTurn(call, turn, known);
    } finally {
      turn.release();
    }
  }

  private async performInTurn(call: AttemptCall, turn: Turn, known: AttemptRecord | undefined): Promise<Outcome> {
    // The service counts from the first time that it saw the key.
    const startedAt = (call.repeatable === undefined ? undefined : known?.startedAt) ?? this.host.now();
    const record = this.record(call, startedAt);
    this.journal.set(nameOf(call.key), record);
    const later = call.effect === 'write' ? undefined : this.beginLater(record);
    if (later === undefined) await this.host.runs.beginAttempt(record, 'now');
    this.host.attemptStarted(this.run, record);
    try {
      const outcome = await call.perform(this.abort(), () => turn.next());
      if (this.shared.abort.aborted) throw new Stopped();
      if (!outcome.ok && outcome.failure.retryAfterMs !== undefined) turn.hold(outcome.failure.retryAfterMs);
      return this.finish(record, outcome, later === undefined || later.isKept);
    } finally {
      later?.end();
    }
  }

  /** Aborted when what is under way must end. */
  private abort(): AbortSignal {
    const { abort } = this.shared;
    return this.deadline === undefined ? abort : AbortSignal.any([abort, this.deadline]);
  }

  /** Whether a write may have taken place that the service would do again. */
  private mayNotRepeat({ effect, repeatable }: AttemptCall, known: AttemptRecord | undefined): boolean {
    if (effect !== 'write') return false;
    if (repeatable === undefined) return known !== undefined;
    const first = this.journal.get(nameOf(repeatable.since));
    return first !== undefined && this.host.now() - first.startedAt > repeatable.forMs;
  }

  private giveUp(call: AttemptCall, known: AttemptRecord | undefined): Outcome {
    return this.finish(known ?? this.record(call, this.host.now()), uncertain(call.key), known !== undefined);
  }

  private record({ key, effect, input }: AttemptCall, startedAt: Instant): AttemptRecord {
    return { run: this.run.id, key, effect, input, startedAt };
  }

  private beginLater(record: AttemptRecord): LaterBegin {
    return new LaterBegin(() => this.follow(this.host.runs.beginAttempt(record, 'soon')));
  }

  private async performStorage(key: AttemptKey, input: Json, operation: StorageOperation): Promise<Outcome> {
    const known = this.journal.get(nameOf(key));
    if (known?.outcome !== undefined) return known.outcome;
    this.mayBegin();
    const startedAt = this.host.now();
    const write = this.host.runs.storageAttempt(this.run, key, input, operation, startedAt);
    this.shared.writes.follow(write.durable);
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
    await this.shared.writes.settled();
    await this.host.runs.sleep(this.run.id, key, until);
    return until;
  }

  /** The outcome, where nothing is waited for. */
  private async beginCall(call: AutomationCall): Promise<Outcome | undefined> {
    const { key, automation, plan, trigger, input, waits } = call;
    await this.shared.writes.settled();
    this.mayBegin();
    const { id: run, account } = this.run;
    const startedAt = this.host.now();
    const parent = { run, step: key.step };
    const id = calledRunId(run, key.step);
    const group = this.host.groupOf(plan, trigger);
    const called: RunRecord = {
      id,
      account,
      automation,
      plan,
      status: 'queued',
      trigger,
      parent,
      ...(group === undefined ? {} : { group }),
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
  private async endOfCalled(key: AttemptKey): Promise<Outcome> {
    try {
      return (await this.waits.outcome(key, undefined, this.deadline)) ?? noEnd(key);
    } catch (error) {
      if (error instanceof TimeIsUp)
        await this.waits.busy(() => this.host.endCalled(calledRunId(this.run.id, key.step), timedOut(error.step)));
      throw error;
    }
  }

  private async beginWait({ key, input, until }: WaitCall): Promise<AttemptRecord> {
    await this.shared.writes.settled();
    this.mayBegin();
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

  /** `isBegun`: that it was begun is in the journal. */
  private finish(record: AttemptRecord, outcome: Outcome, isBegun: boolean): Outcome {
    const { runs } = this.host;
    const finishedAt = this.host.now();
    const ended = { ...record, finishedAt, outcome };
    this.shared.writes.follow(
      isBegun ? runs.finishAttempt(this.run.id, record.key, finishedAt, outcome) : runs.recordAttempt(ended),
    );
    this.host.attemptFinished(this.run, ended);
    return outcome;
  }
}
