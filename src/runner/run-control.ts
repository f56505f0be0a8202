import { setImmediate as turn } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import type { Plan, PlanStep } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { listSteps } from '../plan/list-steps.ts';
import { loopOfPage } from '../run/page.ts';
import type { AttemptRecord, RunRecord, RunSummary } from '../run/records.ts';
import { stepIdOf, topStepOf } from '../run/try-path.ts';
import type { RunFilter } from '../store/records.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import type { LiveAutomation, LiveDeployment } from './live-deployment.ts';
import { misfitOf } from './trigger-fits.ts';

export type ControlResult =
  | { kind: 'unknown_run' }
  /** It cannot be done to this run, or not any more. */
  | { kind: 'not_possible'; reason: string }
  | { kind: 'refused'; reason: string }
  | { kind: 'done'; run: RunRecord };

export interface ReplayRequest {
  /** A step at the top of the automation: what was done before it is not done again. */
  from?: string;
  /** In place of what the run was given. */
  trigger?: JsonObject;
}

/** What a person found out about a step of which nobody knew whether it took place. */
export type Doubt = { kind: 'happened'; output: Json } | { kind: 'repeat' } | { kind: 'cancel' };

/** Runs that are looked at in one turn of the event loop. */
const LOOKED_AT = 100;

/** What people decide of runs. */
export class RunControl {
  private readonly store: Store;
  private readonly engine: Engine;
  private readonly live: () => LiveDeployment;
  private readonly stalled: (name: string) => string | undefined;

  /** `stalled`: why an automation may start no runs. */
  constructor(store: Store, engine: Engine, live: () => LiveDeployment, stalled: (name: string) => string | undefined) {
    this.store = store;
    this.engine = engine;
    this.live = live;
    this.stalled = stalled;
  }

  async cancel(id: string): Promise<ControlResult> {
    if (this.store.runs.get(id) === undefined) return { kind: 'unknown_run' };
    if (await this.engine.cancel(id, 'on request')) return this.done(id);
    return { kind: 'not_possible', reason: `the run ${id} has ended already` };
  }

  /** Starts a new run that names the old one, with the plan that is deployed now. */
  async replay(id: string, { from, trigger }: ReplayRequest): Promise<ControlResult> {
    const run = this.store.runs.get(id);
    if (run === undefined) return { kind: 'unknown_run' };
    if (run.finishedAt === undefined) return { kind: 'not_possible', reason: `the run ${id} has not ended yet` };
    const target = this.serving(run);
    if ('reason' in target) return { kind: 'not_possible', reason: target.reason };
    const given = trigger ?? run.trigger;
    const misfit = misfitOf(target.trigger, given);
    if (misfit !== undefined) return { kind: 'refused', reason: misfit };
    const kept = from === undefined ? { journal: [] } : this.journalBefore(from, run, target);
    if ('reason' in kept) return { kind: 'refused', reason: kept.reason };
    const { account, automation } = run;
    const { journal } = kept;
    const replay = { account, automation, plan: target.digest, trigger: given, origin: id, journal };
    return { kind: 'done', run: await this.engine.start(replay) };
  }

  /** Lets a run that failed go on from what failed, with the plan that it began with. */
  async retry(id: string): Promise<ControlResult> {
    const run = this.store.runs.summary(id);
    if (run === undefined) return { kind: 'unknown_run' };
    const target = this.serving(run);
    const reason =
      whyNotRetried(run) ??
      this.whyWithItsCaller(run) ??
      ('reason' in target ? target.reason : await this.engine.retry(run));
    return reason === undefined ? this.done(id) : { kind: 'not_possible', reason };
  }

  /** Decides the same of those that the filter finds and that were not replayed yet, the oldest of them first. */
  async decideMany(
    what: 'cancel' | 'retry' | 'replay',
    filter: RunFilter,
  ): Promise<{ done: RunRecord[]; refused: { run: string; reason: string }[] }> {
    const found = await this.notReplayed(filter);
    const done: RunRecord[] = [];
    const refused: { run: string; reason: string }[] = [];
    for (const { id } of found.toReversed()) {
      const decided = what === 'replay' ? this.replay(id, {}) : this[what](id);
      const result = await decided.catch(refusedWhereSealed);
      if (result.kind === 'done') done.push(result.run);
      else refused.push({ run: id, reason: 'reason' in result ? result.reason : 'there is no such run' });
    }
    return { done, refused };
  }

  /** Settles the doubt for which a run stopped as uncertain; the run goes on. */
  async settle(id: string, doubt: Doubt): Promise<ControlResult> {
    const run = this.store.runs.get(id);
    if (run === undefined) return { kind: 'unknown_run' };
    const { failure } = run;
    if (run.status !== 'uncertain' || failure === undefined)
      return { kind: 'not_possible', reason: `the run ${id} is ${run.status}, not uncertain` };
    if (failure.run !== undefined)
      return { kind: 'not_possible', reason: `the doubt is that of the run ${failure.run}: settle it there` };
    const attempt = this.store.runs.attemptsOf(id, failure.step ?? '').at(-1);
    if (attempt === undefined) return { kind: 'not_possible', reason: `the run ${id} has no attempt in doubt` };
    const outcome = {
      happened: doubt.kind === 'happened' ? { ok: true as const, output: doubt.output } : undefined,
      repeat: undefined,
      cancel: {
        ok: false as const,
        failure: {
          class: 'permanent' as const,
          code: 'canceled' as const,
          message: 'canceled: nobody knows whether it took place',
        },
      },
    }[doubt.kind];
    await this.engine.reopen(run, attempt.key, outcome);
    return this.done(id);
  }

  /** The newest that were not replayed yet, as many as the filter says; what was called goes with its caller. */
  private async notReplayed(filter: RunFilter): Promise<RunSummary[]> {
    const found: RunSummary[] = [];
    for (let { before } = filter; ;) {
      const from = before === undefined ? {} : { before };
      const page = this.store.runs.list({ ...filter, ...from, limit: LOOKED_AT });
      found.push(...page.filter(({ id, parent }) => parent === undefined && !this.store.runs.isReplayed(id)));
      before = page.at(-1)?.id;
      if (found.length >= filter.limit || page.length < LOOKED_AT) return found.slice(0, filter.limit);
      await turn();
    }
  }

  /** What is deployed of the run's automation, where it may start runs. */
  private serving({ account, automation }: RunSummary): LiveAutomation | { reason: string } {
    const name = `${account}/${automation}`;
    const stalled = this.stalled(name);
    if (stalled !== undefined) return { reason: `${name} is stalled: ${stalled}` };
    return this.live().get(name) ?? { reason: `${name} is not deployed any more` };
  }

  /** A called run goes on with the run that waited for it, as long as that one may still come to know of its end. */
  private whyWithItsCaller({ id, parent }: RunSummary): string | undefined {
    const caller = parent && this.store.runs.summary(parent.run);
    if (parent === undefined || caller === undefined || caller.status === 'succeeded') return undefined;
    const call = this.store.runs.attemptsOf(caller.id, parent.step).at(-1);
    if (call?.outcome?.ok === true) return undefined;
    return `the run ${caller.id} called the run ${id} and waited for it; they are retried together: waybill runs retry ${caller.id}`;
  }

  /** What was done before the step, for a run of the plan that is deployed now. */
  private journalBefore(
    from: string,
    run: RunRecord,
    { plan }: LiveAutomation,
  ): { journal: AttemptRecord[] } | { reason: string } {
    const end = plan.steps.findIndex(({ id }) => id === from);
    const names = plan.steps.map(({ id }) => id).join(', ');
    if (end === -1) return { reason: `there is no step ${from} at the top of the automation; steps: ${names}` };
    const old = JSON.parse(this.store.deployments.plan(run.plan) ?? '{"steps":[]}') as Plan;
    const before = new Map(callsOf(plan.steps.slice(0, end)));
    const was = new Map(callsOf(old.steps));
    const journal = this.store.runs.attempts(run.id).filter(({ key }) => before.has(idOf(key.step)));
    const { failure } = run;
    // It may lie in a page, which is not looked at here.
    if (failure?.class === 'uncertain' && before.has(topStepOf(failure.step ?? '')))
      return { reason: `nobody knows whether the step ${failure.step} took place; settle that first` };
    for (const { key, outcome } of journal) {
      const id = idOf(key.step);
      if (was.get(id) !== before.get(id)) return { reason: `the step ${id} is another one now; replay from the start` };
      if (outcome === undefined || (!outcome.ok && outcome.failure.class === 'uncertain'))
        return { reason: `nobody knows whether the step ${key.step} took place; settle that first` };
    }
    return { journal };
  }

  private done(id: string): ControlResult {
    const run = this.store.runs.get(id);
    return run === undefined ? { kind: 'unknown_run' } : { kind: 'done', run };
  }
}

function whyNotRetried({ id, status, failure, finishedAt }: RunSummary): string | undefined {
  if (finishedAt === undefined) return `the run ${id} has not ended yet`;
  switch (status) {
    case 'failed':
      return undefined;
    case 'uncertain':
      return `nobody knows whether the step ${failure?.step} took place; settle that first: waybill runs resolve ${failure?.run ?? id}`;
    case 'canceled':
      return `the run ${id} was canceled; to start it anew: waybill runs replay ${id}`;
    default:
      return `the run ${id} is ${status}: nothing of it failed`;
  }
}

/** One run that no key opens keeps no others from being decided. */
function refusedWhereSealed(error: unknown): ControlResult {
  if (error instanceof StoreError && error.code === 'store_sealed') return { kind: 'refused', reason: error.message };
  throw error;
}

/** What each step that is journaled does, by its id. */
function callsOf(steps: readonly PlanStep[]): [string, string][] {
  return listSteps(steps).map(({ id, own }) => {
    const { kind, connector, action, automation } = own as JsonObject;
    return [id, JSON.stringify([kind, connector, action, automation])];
  });
}

/** `send` of `each[2].send`; of a page, the loop. */
function idOf(path: string): string {
  return stepIdOf(loopOfPage(path) ?? path);
}
