import type { RunRecord } from '../../run/records.ts';
import type { QueuedRun } from '../../store/store.ts';
import { Tally } from '../tally.ts';

/** What is paused: an account, or one automation of it. */
export interface Paused {
  account: string;
  automation?: string;
}

type Held = Pick<RunRecord, 'id' | 'account' | 'automation'>;

/** Runs that may not begin or go on, because their account or automation is paused. */
export class HeldRuns {
  private readonly paused: Paused[];
  private readonly held = new Map<string, Held>();
  private readonly tally = new Tally();

  constructor(paused: readonly Paused[]) {
    this.paused = [...paused];
  }

  pause(account: string, automation: string | undefined): Paused {
    const paused = { account, ...(automation === undefined ? {} : { automation }) };
    this.paused.push(paused);
    return paused;
  }

  /** Gives the runs that may go on now. */
  unpause(account: string, automation: string | undefined): QueuedRun[] {
    const kept = this.paused.filter((one) => one.account !== account || one.automation !== automation);
    this.paused.splice(0, this.paused.length, ...kept);
    const free = [...this.held.values()].filter((run) => !this.isPaused(run));
    for (const { id } of free) this.forget(id);
    return free;
  }

  /** How many wait. */
  get counts(): Pick<Tally, 'total' | 'of'> {
    return this.tally;
  }

  isPaused(run: Pick<Held, 'account' | 'automation'>): boolean {
    return this.paused.some((one) => covers(one, run));
  }

  hold({ id, account, automation }: Held): void {
    this.forget(id);
    this.held.set(id, { id, account, automation });
    this.tally.add(account);
  }

  /** The run has ended, or goes on. */
  forget(id: string): void {
    const run = this.held.get(id);
    if (run === undefined) return;
    this.held.delete(id);
    this.tally.drop(run.account);
  }
}

export function covers({ account, automation }: Paused, run: Pick<Held, 'account' | 'automation'>): boolean {
  return run.account === account && (automation === undefined || run.automation === automation);
}
