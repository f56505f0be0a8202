/** What waits of one account. A plain array takes longer to shift the longer it is. */
interface Lane<Item> {
  items: Item[];
  /** Those before it are taken. */
  first: number;
}

/** Taken items are let go of when there are so many. */
const COMPACT_AT = 1000;

/** What waits, by account: accounts take turns, so that one's backlog delays nobody else. */
export class FairQueue<Item> {
  private readonly lanes = new Map<string, Lane<Item>>();
  private waiting = 0;

  get size(): number {
    return this.waiting;
  }

  sizeOf(account: string): number {
    const lane = this.lanes.get(account);
    return lane === undefined ? 0 : lane.items.length - lane.first;
  }

  add(account: string, item: Item): void {
    const lane = this.lanes.get(account);
    if (lane === undefined) this.lanes.set(account, { items: [item], first: 0 });
    else lane.items.push(item);
    this.waiting += 1;
  }

  isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  /** The next item; its account goes to the end of the turn. */
  take(): Item | undefined {
    for (const [account, lane] of this.lanes) {
      const item = lane.items[lane.first++];
      this.lanes.delete(account);
      if (lane.first === COMPACT_AT) lane.items.splice(0, COMPACT_AT);
      lane.first %= COMPACT_AT;
      if (lane.first < lane.items.length) this.lanes.set(account, lane);
      this.waiting -= 1;
      return item;
    }
    return undefined;
  }
}
