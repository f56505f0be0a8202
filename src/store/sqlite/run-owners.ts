import type { DatabaseSync } from 'node:sqlite';
import type { RunRecord } from '../../run/records.ts';
import { StoreError } from '../store-error.ts';
import { integer, text } from './row.ts';

/** Whose values they are, and whether they are sealed. */
export interface Owner {
  account: string;
  sealed: boolean;
  /** Names the owner among the uses of large values. */
  name: string;
}

/** Runs that are remembered: more than are under way at a time. */
const REMEMBERED = 1000;

/** Knows of each run its account, and whether its plan has marks of sensitive data; of the last ones without asking. */
export class RunOwners {
  private readonly known = new Map<string, Owner>();
  private readonly plans = new Map<string, boolean>();
  private readonly selectRun;
  private readonly selectPlan;

  constructor(writer: DatabaseSync) {
    this.selectRun = writer.prepare('SELECT id, account, plan FROM runs WHERE id = ?');
    this.selectPlan = writer.prepare('SELECT sealed FROM plans WHERE digest = ?');
  }

  /** Throws `StoreError` where there is no such run. */
  of(run: string): Owner {
    const known = this.known.get(run);
    if (known !== undefined) return known;
    const row = this.selectRun.get(run);
    if (row === undefined) throw new StoreError('store_refused', `The run ${run} is unknown.`);
    const owner = this.ofRecord({ id: run, account: text(row, 'account'), plan: text(row, 'plan') });
    this.remember(run, owner);
    return owner;
  }

  /** Of a run that may not be kept yet. */
  ofRecord({ id, account, plan }: Pick<RunRecord, 'id' | 'account' | 'plan'>): Owner {
    return { account, sealed: this.isSealed(plan), name: `run ${id}` };
  }

  /** Of a run that is kept: what is asked for next is asked for soon. */
  remember(run: string, owner: Owner): void {
    this.known.set(run, owner);
    if (this.known.size <= REMEMBERED) return;
    for (const oldest of this.known.keys()) {
      this.known.delete(oldest);
      return;
    }
  }

  /** Of a run that has ended. */
  forget(run: string): void {
    this.known.delete(run);
  }

  private isSealed(plan: string): boolean {
    const known = this.plans.get(plan);
    if (known !== undefined) return known;
    const row = this.selectPlan.get(plan);
    // A run without its plan is refused when it is written.
    if (row === undefined) return false;
    const sealed = integer(row, 'sealed') === 1;
    this.plans.set(plan, sealed);
    return sealed;
  }
}
