import { Line } from './line.ts';

/** What waits, by account: accounts take turns, so that one's backlog delays nobody else. */
export class FairQueue<Item> {
  private readonly lines = new Map<string, Line<Item>>();
  private waiting = 0;

  get size(): number {
    return this.waiting;
  }

  sizeOf(account: string): number {
    return this.lines.get(account)?.size ?? 0;
  }

  add(account: string, item: Item): void {
    let line = this.lines.get(account);
    if (line === undefined) this.lines.set(account, (line = new Line()));
    line.add(item);
    this.waiting += 1;
  }

  isEmpty(): boolean {
    return this.waiting === 0;
  }

  /** The next item; its account goes to the end of the turn. */
  take(): Item | undefined {
    for (const [account, line] of this.lines) {
      const item = line.take();
      this.lines.delete(account);
      if (line.size > 0) this.lines.set(account, line);
      this.waiting -= 1;
      return item;
    }
    return undefined;
  }
}
