import { Tally } from '../tally.ts';

/**
 * Runs that do something at a time. Beyond their number an account of which nothing is under way may begin one: calls of
 * others that hang keep all slots for minutes.
 */
export class Slots {
  private readonly most: number;
  private readonly taken = new Tally();

  constructor(most: number) {
    this.most = most;
  }

  get isFree(): boolean {
    return this.taken.total < this.most;
  }

  isFreeFor(account: string): boolean {
    return this.isFree || this.taken.of(account) === 0;
  }

  take(account: string): void {
    this.taken.add(account);
  }

  leave(account: string): void {
    this.taken.drop(account);
  }
}
