import { newRunId } from '../../run/run-id.ts';
import type { Failure, Outcome } from '../../run/failure.ts';
import type { AttemptKey, Instant, RunRecord, RunSummary } from '../../run/records.ts';
import type { Answer } from '../../store/store.ts';
import type { Engine, RunEvent, RunRequest, TogetherRequest } from '../engine.ts';
import { interpretPlan } from '../interpret.ts';
import { drain, newActiveRun, type ActiveRun } from './active-run.ts';
import { groupOf, inGroup } from '../run-group.ts';
import { CrowdedRuns } from './crowded-runs.ts';
import { EmbeddedDurable, Stopped, type DurableHost } from './embedded-durable.ts';
import { answerToCaller, canceled } from './journal.ts';
import { keepRun } from './keep-run.ts';
import { LaterBegin } from './later-begin.ts';
import { Limiter } from '../limiter.ts';
import type { EmbeddedEngineOptions } from './embedded-engine-options.ts';
import { Endings } from './endings.ts';
import { EngineClock } from './engine-clock.ts';
import { HeldRuns, covers } from './held-runs.ts';
import { AtRest, Crowded, OnHold } from './waits.ts';
import { Places } from './places.ts';
import { PreparedPlans } from './prepared-plans.ts';
import { retryRun } from './retry-run.ts';
import { RunEnds } from './run-ends.ts';
import { SealedRuns } from './sealed-runs.ts';
import { AFTER_TROUBLE_MS, isSealed, mayPass, untilKept } from './store-trouble.ts';
import { RunQueue } from './run-queue.ts';
import { sumOf } from '../tally.ts';
import { WakeTimer } from './wake-timer.ts';

type FinishedRun = RunRecord & { finishedAt: Instant };

/** A wait that is shorter costs less than to leave the run to the store. */
const MOMENT_MS = 100;
/** Runs that are queued in one transaction when their instant has come. */
const WOKEN_AT_ONCE = 1000;

/** An engine in one process, on the store's journal. */
export class EmbeddedEngine implements Engine {
  readonly limiter: Limiter;
  private readonly options: EmbeddedEngineOptions;
  private readonly queue: RunQueue;
  private readonly active = new Map<string, ActiveRun>();
  /** Queued runs of which nothing can be journaled: they came in this process and have not begun. */
  private readonly fresh = new Set<string>();
  private readonly ends: RunEnds;
  private readonly endings = new Endings();
  private readonly crowded: CrowdedRuns;
  private readonly held: HeldRuns;
  private readonly places: Places;
  private readonly sealed = new SealedRuns();
  private readonly listeners = new Set<(event: RunEvent) => void>();
  private readonly plans: PreparedPlans;
  private readonly clock: EngineClock;
  private readonly wakeTimer: WakeTimer;
  private readonly host: DurableHost;

  constructor(options: EmbeddedEngineOptions) {
    this.options = options;
    this.clock = new EngineClock(() => options.now());
    this.queue = new RunQueue(options.maxConcurrentRuns, {
      stopping: () => this.clock.stopped,
      begin: (run) => this.beginQueued(run),
    });
    this.plans = new PreparedPlans(options.store.deployments);
    this.ends = new RunEnds((id) => options.store.runs.get(id));
    this.held = new HeldRuns(options.store.pauses.list());
    this.wakeTimer = new WakeTimer({
      now: () => options.now(),
      next: () => options.store.runs.nextDue(),
      wake: async () => {
        for (const run of await options.store.runs.wakeDue(options.now(), WOKEN_AT_ONCE)) this.queue.add(run);
      },
    });
    this.places = new Places({
      ruleOf: (plan) => this.plans.get(plan).concurrency,
      begin: (run) => this.queue.add(run),
      end: (run, failure) => {
        const told = (error: unknown): void => options.onError(error, run);
        void untilKept(() => this.end(run, failure, 'cut_off'), this.clock, told);
      },
    });
    this.limiter = new Limiter(this.clock);
    this.crowded = new CrowdedRuns(this.limiter, (run) => this.queue.add(run));
    this.host = {
      limiter: this.limiter,
      runs: options.store.runs,
      now: () => options.now(),
      at: (instant, wake) => this.clock.at(instant, wake),
      idle: (run) => this.idle(run),
      groupOf: (plan, trigger) => groupOf(this.plans.get(plan), trigger),
      runCalled: (run) => this.accepted(run),
      endCalled: async (run, failure) => void (await this.end(run, failure, 'may_end')),
      stands: ({ account }, stands) => (stands ? this.queue.leave(account) : this.queue.take(account)),
      stopping: () => this.clock.stopped,
      attemptStarted: (run, attempt) => this.tell({ kind: 'attempt_started', run, attempt }),
      attemptFinished: (run, attempt) => this.tell({ kind: 'attempt_finished', run, attempt }),
    };
  }

  async start(request: RunRequest): Promise<RunRecord> {
    const { delivery: _delivery, journal: _journal, ...asked } = request;
    const createdAt = this.options.now();
    const run = inGroup({ id: newRunId(createdAt), ...asked, status: 'queued', createdAt }, this.plans);
    const kept = await keepRun(this.options.store, run, request);
    if (kept !== run) return kept;
    this.fresh.add(run.id);
    this.tell({ kind: 'run_accepted', run });
    // Nobody else knows of it yet, so where nothing waits before it, it need not be read again.
    if (run.group === undefined && this.queue.isOpen) this.begin(run);
    else this.admit(run);
    return run;
  }

  async startTogether(
    requests: readonly TogetherRequest[],
    keep: (runs: readonly RunRecord[]) => Promise<readonly RunRecord[]>,
  ): Promise<void> {
    const createdAt = this.options.now();
    const runs = requests.map((one) =>
      inGroup({ id: newRunId(createdAt), ...one, status: 'queued', createdAt }, this.plans),
    );
    for (const run of await keep(runs)) this.accepted(run);
  }

  finished(id: string, forMs?: number): Promise<RunRecord> {
    const active = this.active.get(id);
    if (active === undefined || active.announced || this.host.stopping()) {
      const run = this.options.store.runs.get(id);
      if (run === undefined) return Promise.reject(new Error(`there is no run ${id}`));
      if (run.finishedAt !== undefined || this.host.stopping()) return Promise.resolve(run);
    }
    return this.ends.of(id, forMs);
  }

  async answer(run: RunRecord, key: AttemptKey, outcome: Outcome): Promise<boolean> {
    const answer = { run: run.id, key, outcome };
    const { given, woken } = await this.options.store.runs.answer(answer, this.options.now());
    if (given) this.answered(run.account, answer, woken);
    return given;
  }

  cancel(id: string, reason: string): Promise<boolean> {
    return this.end(id, canceled(reason), 'may_end');
  }

  /** Ends a run before its time, and those that it called and waits for. */
  private async end(id: string, failure: Failure, underWay: 'may_end' | 'cut_off'): Promise<boolean> {
    const { store, now } = this.options;
    const run = store.runs.get(id);
    if (run === undefined || run.finishedAt !== undefined) return false;
    const active = this.active.get(id);
    active?.durable?.waits.end(new Stopped());
    const finished = this.finish({ ...run, status: 'canceled', failure, finishedAt: now() });
    if (active !== undefined) active.canceling = finished;
    this.endings.note(run, finished);
    try {
      await finished;
    } catch (error) {
      // Where its own end came before, that is on the disk by then, or is lost too; and so is all that is read of it again.
      await active?.ended;
      if (store.runs.get(id)?.finishedAt !== undefined) return false;
      // It was unwound to be canceled, and could not be. One that was not under way still waits where it did.
      if (active !== undefined) this.queue.add(run);
      throw error;
    }
    if (underWay === 'cut_off') active?.abort.abort(new Stopped());
    // What it was just about to call is among them now.
    for (const child of store.runs.awaited(id))
      await this.end(child.id, canceled(`by the run ${id} that called it`), underWay);
    return true;
  }

  async reopen(run: RunRecord, key: AttemptKey, outcome: Outcome | undefined): Promise<void> {
    await this.options.store.runs.reopen(run.id, key, outcome, this.options.now());
    this.queue.add(run);
  }

  retry(run: RunSummary): Promise<string | undefined> {
    const { plans, places, options } = this;
    return retryRun(run, { runs: options.store.runs, plans, places, admit: (one) => this.admit(one) });
  }

  async pause(account: string, automation: string | undefined): Promise<void> {
    await this.options.store.pauses.pause(account, automation, this.options.now());
    const paused = this.held.pause(account, automation);
    for (const active of this.active.values()) if (covers(paused, active)) active.durable?.waits.end(new OnHold());
  }

  async unpause(account: string, automation: string | undefined): Promise<boolean> {
    const was = await this.options.store.pauses.unpause(account, automation);
    for (const run of this.held.unpause(account, automation)) this.queue.add(run);
    return was;
  }

  unsealed(account: string): void {
    for (const run of this.sealed.take(account)) this.queue.add(run);
  }

  resume(): number {
    const { runs } = this.options.store;
    const apart = this.places.restore(runs.inGroups());
    let count = 0;
    for (const run of runs.ready()) {
      count += 1;
      if (!apart.has(run.id)) this.queue.add(run);
    }
    for (const run of apart.values()) this.places.enter(run);
    this.wakeTimer.look();
    return count;
  }

  backlog(account: string): { runs: number; runsOfAccount: number } {
    const { queue, held, places, sealed, crowded } = this;
    return sumOf([queue, held, places, sealed, crowded], account);
  }

  watch(listener: (event: RunEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(drainMs: number): Promise<void> {
    this.clock.stop();
    this.wakeTimer.stop();
    await drain([...this.active.values()], drainMs);
    this.ends.stop();
  }

  private accepted(run: RunRecord): void {
    this.tell({ kind: 'run_accepted', run });
    this.fresh.add(run.id);
    this.admit(run);
  }

  private admit(run: RunSummary): void {
    if (run.group === undefined) this.queue.add(run);
    else this.places.enter({ ...run, group: run.group });
  }

  private beginQueued(id: string): void {
    const before = this.active.get(id) ?? this.endings.of(id);
    // It was woken before it had come to rest in here, or while it is being ended: it goes on after that.
    if (before !== undefined) return void before.ended.then(() => this.queue.add({ account: before.account, id }));
    // Queued runs are not kept in memory: a backlog of large bodies would fill it.
    try {
      const run = this.options.store.runs.get(id);
      if (run !== undefined && run.finishedAt === undefined) this.begin(run);
      else this.fresh.delete(id);
    } catch (error) {
      this.options.onError(error, id);
      // What tells whose it is, is never sealed.
      const run = isSealed(error) ? this.options.store.runs.summary(id) : undefined;
      if (run !== undefined) this.sealed.add(run);
    }
  }

  private begin(run: RunRecord): void {
    if (this.held.isPaused(run)) {
      this.held.hold(run);
      return;
    }
    if (run.group !== undefined) this.places.take(run.id, run.group);
    const active = newActiveRun(run);
    this.active.set(run.id, active);
    this.queue.take(run.account);
    active.ended = this.execute(run, active);
  }

  private async execute(run: RunRecord, active: ActiveRun): Promise<void> {
    try {
      await this.interpret(run, active);
    } catch (error) {
      if (!(error instanceof Stopped) && active.canceling === undefined) await this.failed(error, run, active);
    } finally {
      // Whoever begins it anew reads a journal to which nothing more is added.
      if (active.canceling !== undefined) await Promise.allSettled([active.canceling, active.durable?.written()]);
      this.active.delete(run.id);
      this.queue.leave(run.account);
    }
  }

  /** What the store could not keep did not happen: the run goes on from what is kept as soon as that may work again. */
  private async failed(error: unknown, run: RunRecord, active: ActiveRun): Promise<void> {
    this.options.onError(error, run.id);
    if (isSealed(error)) this.sealed.add(run);
    if (!mayPass(error)) return;
    // The run keeps its place until then: a disk that is full is not asked by all the others in turn.
    await Promise.allSettled([active.durable?.written(), this.clock.delay(AFTER_TROUBLE_MS)]);
    // Who wanted to end it meanwhile, and could not, lets it go on.
    if (active.canceling === undefined) this.queue.add(run);
  }

  /** To the run's end, or to where it only waits. */
  private async interpret(run: RunRecord, active: ActiveRun): Promise<void> {
    const { store, now, services } = this.options;
    const isNew = this.fresh.delete(run.id) && run.origin === undefined;
    const journal = isNew ? [] : store.runs.attempts(run.id);
    const startedAt = run.startedAt ?? now();
    const durable = EmbeddedDurable.of(this.host, run, journal, active.abort.signal);
    active.durable = durable;
    const begin = new LaterBegin(() => durable.follow(store.runs.begin(run.id, startedAt)));
    // That it has its place must be known after a crash.
    if (run.group !== undefined) begin.keep();
    try {
      const result = await interpretPlan(this.plans.get(run.plan), run, durable, services);
      if (active.canceling !== undefined) return;
      durable.follow(this.finish({ ...run, startedAt, finishedAt: now(), ...result }));
    } catch (error) {
      if (!(error instanceof OnHold || error instanceof AtRest || error instanceof Crowded)) throw error;
      begin.keep();
      if (error instanceof OnHold) durable.follow(this.hold(run));
      else if (error instanceof AtRest) durable.follow(this.rest(run, durable));
      else durable.follow(durable.written().then(() => this.crowded.add(run, error.limits)));
    } finally {
      begin.end();
    }
    await durable.written();
  }

  private async finish(run: FinishedRun): Promise<void> {
    const answer = answerToCaller(run);
    const { ended, woken } = await this.options.store.runs.finish(run.id, run.finishedAt, run, answer);
    if (!ended) {
      this.queue.add(run);
      return;
    }
    this.fresh.delete(run.id);
    this.held.forget(run.id);
    this.announce(run);
    if (answer !== undefined) this.answered(run.account, answer, woken);
    if (run.group !== undefined) this.leave(run, run.group);
  }

  /** The place of a run is free when nothing of it is under way any more. */
  private leave({ id, status }: FinishedRun, group: string): void {
    const underWay = status === 'canceled' ? this.active.get(id)?.ended : undefined;
    if (underWay === undefined) this.places.leave(id, group);
    else void underWay.then(() => this.places.leave(id, group));
  }

  /** A run that was under way when it was paused. It may be free again already. */
  private async hold(run: RunRecord): Promise<void> {
    await this.options.store.runs.requeue(run.id);
    this.queue.add(run);
  }

  /** An attempt of a run got its outcome from elsewhere. */
  private answered(account: string, { run, key, outcome }: Answer, woken: boolean): void {
    this.active.get(run)?.durable?.waits.deliver(key, outcome);
    if (woken) this.queue.add({ account, id: run });
  }

  private async rest({ id, account }: RunRecord, { waits }: EmbeddedDurable): Promise<void> {
    const { keys, until } = waits.awaited();
    const status = await this.options.store.runs.rest(id, until, keys);
    if (status === 'queued') this.queue.add({ account, id });
    else if (until !== undefined) this.wakeTimer.set(until);
  }

  /** A run that only waits is left to the store, unless it goes on in a moment. */
  private idle(run: RunRecord): void {
    const waits = this.active.get(run.id)?.durable?.waits;
    const { until = Infinity } = waits?.awaited() ?? {};
    if (until - this.options.now() > MOMENT_MS) waits?.end(new AtRest());
  }

  private announce(run: FinishedRun): void {
    const active = this.active.get(run.id);
    if (active !== undefined) active.announced = true;
    this.ends.ended(run);
    this.tell({ kind: 'run_finished', run });
  }

  private tell(event: RunEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
