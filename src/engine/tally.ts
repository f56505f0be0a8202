/** How many of something there are, in all and of each account. */
export class Tally {
  private readonly counts = new Map<string, number>();
  private all = 0;

  get total(): number {
    return this.all;
  }

  of(account: string): number {
    return this.counts.get(account) ?? 0;
  }

  /** One more. */
  add(account: string): void {
    this.change(account, 1);
  }

  /** One fewer. */
  drop(account: string): void {
    this.change(account, -1);
  }

  private change(account: string, by: 1 | -1): void {
    this.all += by;
    const count = this.of(account) + by;
    if (count === 0) this.counts.delete(account);
    else this.counts.set(account, count);
  }
}

/** Who has runs that wait for something. */
export interface Waiting {
  counts: Pick<Tally, 'total' | 'of'>;
}

/** How many wait with any of them, in all and of one account. */
export function sumOf(all: readonly Waiting[], account: string): { runs: number; runsOfAccount: number } {
  return {
    runs: all.reduce((sum, { counts }) => sum + counts.total, 0),
    runsOfAccount: all.reduce((sum, { counts }) => sum + counts.of(account), 0),
  };
}
