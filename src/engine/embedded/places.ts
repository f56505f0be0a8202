import type { PlanConcurrency } from '../../generated/plan.ts';
import type { Failure } from '../../run/failure.ts';
import type { GroupedRun, QueuedRun } from '../../store/store.ts';
import { Line } from '../line.ts';
import { Tally } from '../tally.ts';

/** How many runs of a group go on at a time, and what becomes of the others. */
export type ConcurrencyRule = Pick<PlanConcurrency, 'limit' | 'policy'>;

/** A run that counts with others. */
export interface Counted extends QueuedRun {
  /** Digest. */
  plan: string;
  group: string;
}

export interface PlacesHost {
  /** `undefined`: all of the plan's runs may go on. */
  ruleOf(plan: string): ConcurrencyRule | undefined;
  /** The run may begin. */
  begin(run: QueuedRun): void;
  /** The run is to end before its time; what is under way of it, at once. */
  end(run: string, failure: Failure): void;
}

interface Group {
  /** Runs that have a place, in the order in which they got it. */
  holders: Set<string>;
  waiting: Line<{ run: QueuedRun; limit: number }>;
  /** Those of both that were told to end. */
  ending: Set<string>;
}

/** The places of automations that say how many of their runs go on at a time. A run has its place until it ends. */
export class Places {
  private readonly groups = new Map<string, Group>();
  private readonly tally = new Tally();
  private readonly host: PlacesHost;

  constructor(host: PlacesHost) {
    this.host = host;
  }

  /** How many wait for a place. */
  get counts(): Pick<Tally, 'total' | 'of'> {
    return this.tally;
  }

  /** A run that has not begun: it begins, waits or ends, as the rule says. */
  enter(run: Counted): void {
    const rule = this.host.ruleOf(run.plan);
    if (rule === undefined) return this.host.begin(run);
    const { limit, policy } = rule;
    const group = this.group(run.group);
    if (group.holders.size < limit && group.waiting.size === 0) {
      group.holders.add(run.id);
      return this.host.begin(run);
    }
    if (policy === 'skip') return this.host.end(run.id, skipped(limit));
    const before = [...group.holders, ...group.waiting.waiting().map((one) => one.run.id)];
    group.waiting.add({ run: { id: run.id, account: run.account }, limit });
    this.tally.add(run.account);
    if (policy === 'cancel_running')
      for (const id of before.slice(0, before.length - (limit - 1))) this.replace(group, id, run.id);
  }

  /** Whether such a run would end at once, because others have all the places. */
  wouldSkip(plan: string, name: string): boolean {
    const rule = this.host.ruleOf(plan);
    return rule?.policy === 'skip' && (this.groups.get(name)?.holders.size ?? 0) >= rule.limit;
  }

  /** Gives their places to runs that have begun. Gives those that have not, by id: they are to enter. */
  restore(runs: readonly GroupedRun[]): Map<string, Counted> {
    for (const { id, group, begun } of runs) if (begun) this.take(id, group);
    return new Map(runs.filter(({ begun }) => !begun).map((run) => [run.id, run]));
  }

  /** A run that has begun before has its place, whatever the limit says by now. */
  take(run: string, name: string): void {
    this.group(name).holders.add(run);
  }

  /** The run has ended. */
  leave(run: string, name: string): void {
    const group = this.groups.get(name);
    if (group === undefined) return;
    const { holders, waiting, ending } = group;
    ending.delete(run);
    if (!holders.delete(run))
      for (const gone of waiting.remove((one) => one.run.id === run)) this.tally.drop(gone.run.account);
    for (let first = waiting.first(); first !== undefined && holders.size < first.limit; first = waiting.first()) {
      waiting.take();
      this.tally.drop(first.run.account);
      holders.add(first.run.id);
      this.host.begin(first.run);
    }
    if (holders.size === 0 && waiting.size === 0) this.groups.delete(name);
  }

  private replace({ ending }: Group, run: string, newer: string): void {
    if (ending.has(run)) return;
    ending.add(run);
    this.host.end(run, replaced(newer));
  }

  private group(name: string): Group {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = { holders: new Set(), waiting: new Line(), ending: new Set() };
      this.groups.set(name, group);
    }
    return group;
  }
}

function skipped(limit: number): Failure {
  const others = limit === 1 ? 'another run' : `${limit} other runs`;
  const message = `skipped: ${others} of the automation went on, and its \`concurrency\` skips what comes then`;
  return { class: 'permanent', code: 'run_skipped', message };
}

function replaced(run: string): Failure {
  return {
    class: 'permanent',
    code: 'run_replaced',
    message: `canceled: the run ${run} took its place, as the automation's \`concurrency\` says`,
    run,
  };
}
