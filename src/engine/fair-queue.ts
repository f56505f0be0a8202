import { Line } from './line.ts';
import { Tally } from './tally.ts';

/** What waits, by account: accounts take turns, so that one's backlog delays nobody else. */
export class FairQueue<Item> {
  private readonly lines = new Map<string, Line<Item>>();
  private readonly tally = new Tally();

  /** How many wait. */
  get counts(): Pick<Tally, 'total' | 'of'> {
    return this.tally;
  }

  add(account: string, item: Item): void {
    let line = this.lines.get(account);
    if (line === undefined) this.lines.set(account, (line = new Line()));
    line.add(item);
    this.tally.add(account);
  }

  isEmpty(): boolean {
    return this.tally.total === 0;
  }

  /** The next item; its account goes to the end of the turn. */
  take(): Item | undefined {
    for (const account of this.lines.keys()) return this.takeOf(account);
    return undefined;
  }

  /** The next item of the account, likewise. */
  takeOf(account: string): Item | undefined {
    const line = this.lines.get(account);
    if (line === undefined) return undefined;
    const item = line.take();
    this.lines.delete(account);
    if (line.size > 0) this.lines.set(account, line);
    this.tally.drop(account);
    return item;
  }
}
