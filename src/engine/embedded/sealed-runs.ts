import type { QueuedRun } from '../../store/store.ts';
import { Tally } from '../tally.ts';

/** Runs that cannot be read, because a private key of their account is missing. */
export class SealedRuns {
  private readonly accounts = new Map<string, Set<string>>();
  private readonly tally = new Tally();

  /** How many wait for a key. */
  get counts(): Pick<Tally, 'total' | 'of'> {
    return this.tally;
  }

  add({ id, account }: QueuedRun): void {
    let runs = this.accounts.get(account);
    if (runs === undefined) this.accounts.set(account, (runs = new Set()));
    if (runs.has(id)) return;
    runs.add(id);
    this.tally.add(account);
  }

  /** Gives those of the account, which may be readable now, in their order. */
  take(account: string): QueuedRun[] {
    const runs = [...(this.accounts.get(account) ?? [])];
    this.accounts.delete(account);
    for (const _run of runs) this.tally.drop(account);
    return runs.map((id) => ({ id, account }));
  }
}
