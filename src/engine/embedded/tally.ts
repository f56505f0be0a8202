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
