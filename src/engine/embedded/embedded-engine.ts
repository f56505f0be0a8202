import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../../generated/plan.ts';
import { newRunId } from '../../run/run-id.ts';
import type { RunRecord } from '../../run/records.ts';
import type { Store } from '../../store/store.ts';
import type { Engine, RunEvent, RunRequest } from '../engine.ts';
import { interpretPlan, type RunResult } from '../interpret.ts';
import type { Services } from '../perform-action.ts';
import { preparePlan, type PreparedPlan } from '../prepared-plan.ts';
import { EmbeddedDurable, Stopped, type DurableHost } from './embedded-durable.ts';
import { Limiter } from '../limiter.ts';
import { FairQueue } from './fair-queue.ts';

export interface EmbeddedEngineOptions {
  store: Store;
  services: Services;
  now: () => number;
  /** Runs under way at a time; the others wait in a fair queue. */
  maxConcurrentRuns: number;
  /** Told of what cannot be laid to a run, such as a full disk: the run stays as it is until the next start. */
  onError(error: unknown, run: RunRecord): void;
}

/** An engine in one process, on the store's journal. */
export class EmbeddedEngine implements Engine {
  private readonly options: EmbeddedEngineOptions;
  private readonly queue = new FairQueue<string>();
  private readonly active = new Map<string, Promise<void>>();
  private readonly waiters = new Map<string, ((run: RunRecord) => void)[]>();
  private readonly listeners = new Set<(event: RunEvent) => void>();
  private readonly prepared = new Map<string, PreparedPlan>();
  private readonly stopSleeping = new AbortController();
  private readonly abortAttempts = new AbortController();
  private readonly host: DurableHost;

  constructor(options: EmbeddedEngineOptions) {
    this.options = options;
    const clock = { now: () => options.now(), delay: (milliseconds: number) => this.delay(milliseconds) };
    this.host = {
      ...clock,
      limiter: new Limiter(clock),
      runs: options.store.runs,
      stopping: () => this.stopSleeping.signal.aborted,
      abort: this.abortAttempts.signal,
      attemptStarted: (run, attempt) => this.tell({ kind: 'attempt_started', run, attempt }),
      attemptFinished: (run, attempt) => this.tell({ kind: 'attempt_finished', run, attempt }),
    };
  }

  async start({ delivery, ...request }: RunRequest): Promise<RunRecord> {
    const createdAt = this.options.now();
    const run: RunRecord = { id: newRunId(createdAt), ...request, status: 'queued', createdAt };
    const kept = await this.keep(run, delivery);
    if (kept !== run) return kept;
    this.tell({ kind: 'run_accepted', run });
    this.enqueue(run);
    return run;
  }

  async startTogether(
    requests: readonly Omit<RunRequest, 'id' | 'delivery'>[],
    keep: (runs: readonly RunRecord[]) => Promise<void>,
  ): Promise<void> {
    const createdAt = this.options.now();
    const runs = requests.map((request): RunRecord => {
      return { id: newRunId(createdAt), ...request, status: 'queued', createdAt };
    });
    await keep(runs);
    for (const run of runs) {
      this.tell({ kind: 'run_accepted', run });
      this.enqueue(run);
    }
  }

  finished(id: string): Promise<RunRecord> {
    const run = this.options.store.runs.get(id);
    if (run === undefined) return Promise.reject(new Error(`there is no run ${id}`));
    if (run.finishedAt !== undefined || this.host.stopping()) return Promise.resolve(run);
    return new Promise((resolve) => {
      this.waiters.set(id, [...(this.waiters.get(id) ?? []), resolve]);
    });
  }

  resume(): number {
    const unfinished = [...this.options.store.runs.unfinished()];
    for (const run of unfinished) this.enqueue(run);
    return unfinished.length;
  }

  watch(listener: (event: RunEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(drainMs: number): Promise<void> {
    this.stopSleeping.abort();
    const drained = Promise.allSettled(this.active.values());
    await Promise.race([drained, delay(drainMs, undefined, { ref: false })]);
    const stop = new Error('the runner stops');
    stop.name = 'AbortError';
    this.abortAttempts.abort(stop);
    await drained;
    for (const [id, waiting] of this.waiters) {
      const run = this.options.store.runs.get(id);
      if (run !== undefined) for (const resolve of waiting) resolve(run);
    }
    this.waiters.clear();
  }

  /** Gives the run that is kept: an earlier one where this is a repeat. */
  private async keep(run: RunRecord, delivery: string | undefined): Promise<RunRecord> {
    const { runs, deliveries } = this.options.store;
    if (delivery === undefined) return (await runs.insert(run)) ? run : (runs.get(run.id) ?? run);
    const kept = await deliveries.accept(run, delivery);
    return kept === run.id ? run : (runs.get(kept) ?? run);
  }

  private enqueue(run: RunRecord): void {
    this.queue.add(run.account, run.id);
    this.fill();
  }

  private fill(): void {
    while (this.active.size < this.options.maxConcurrentRuns && !this.host.stopping()) {
      const id = this.queue.take();
      if (id === undefined) return;
      this.active.set(id, this.execute(id));
    }
  }

  private async execute(id: string): Promise<void> {
    // Queued runs are not kept in memory: a backlog of large bodies would fill it.
    const run = this.options.store.runs.get(id);
    try {
      if (run !== undefined) await this.runToEnd(run);
    } catch (error) {
      if (!(error instanceof Stopped) && run !== undefined) this.options.onError(error, run);
    } finally {
      this.active.delete(id);
      this.fill();
    }
  }

  private async runToEnd(run: RunRecord): Promise<void> {
    const { store, now, services } = this.options;
    const journal = run.startedAt === undefined ? [] : store.runs.attempts(run.id);
    const startedAt = run.startedAt ?? now();
    const durable = new EmbeddedDurable(this.host, run, journal);
    const begun = store.runs.begin(run.id, startedAt);
    const result = await interpretPlan(this.plan(run.plan), run, durable, services);
    const finishedAt = now();
    await Promise.all([begun, durable.written(), store.runs.finish(run.id, finishedAt, result)]);
    this.announce({ ...run, startedAt, finishedAt, ...result });
  }

  private announce(run: RunRecord & RunResult): void {
    for (const resolve of this.waiters.get(run.id) ?? []) resolve(run);
    this.waiters.delete(run.id);
    this.tell({ kind: 'run_finished', run });
  }

  private plan(digest: string): PreparedPlan {
    let prepared = this.prepared.get(digest);
    if (prepared === undefined) {
      const text = this.options.store.deployments.plan(digest);
      if (text === undefined) throw new Error(`the store does not hold the plan ${digest}`);
      prepared = preparePlan(JSON.parse(text) as Plan);
      this.prepared.set(digest, prepared);
    }
    return prepared;
  }

  private async delay(milliseconds: number): Promise<void> {
    try {
      await delay(milliseconds, undefined, { signal: this.stopSleeping.signal });
    } catch {
      throw new Stopped();
    }
  }

  private tell(event: RunEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
