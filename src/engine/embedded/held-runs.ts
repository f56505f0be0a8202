import type { RunRecord } from '../../run/records.ts';
import type { QueuedRun } from '../../store/store.ts';

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

  constructor(paused: readonly Paused[]) {
    this.paused = [...paused];
  }

  pause(paused: Paused): void {
    this.paused.push(paused);
  }

  /** Gives the runs that may go on now. */
  unpause({ account, automation }: Paused): QueuedRun[] {
    const kept = this.paused.filter((one) => one.account !== account || one.automation !== automation);
    this.paused.splice(0, this.paused.length, ...kept);
    const free = [...this.held.values()].filter((run) => !this.isPaused(run));
    for (const { id } of free) this.held.delete(id);
    return free;
  }

  /** How many wait, in all or of an account. */
  count(account?: string): number {
    if (account === undefined) return this.held.size;
    let count = 0;
    for (const run of this.held.values()) if (run.account === account) count += 1;
    return count;
  }

  isPaused(run: Pick<Held, 'account' | 'automation'>): boolean {
    return this.paused.some((one) => covers(one, run));
  }

  hold({ id, account, automation }: Held): void {
    this.held.set(id, { id, account, automation });
  }
}

export function covers({ account, automation }: Paused, run: Pick<Held, 'account' | 'automation'>): boolean {
  return run.account === account && (automation === undefined || run.automation === automation);
}
