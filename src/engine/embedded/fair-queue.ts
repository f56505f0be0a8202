/** What waits, by account: accounts take turns, so that one's backlog delays nobody else. */
export class FairQueue<Item> {
  private readonly lanes = new Map<string, Item[]>();

  add(account: string, item: Item): void {
    const lane = this.lanes.get(account);
    if (lane === undefined) this.lanes.set(account, [item]);
    else lane.push(item);
  }

  isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  /** The next item; its account goes to the end of the turn. */
  take(): Item | undefined {
    for (const [account, lane] of this.lanes) {
      const item = lane.shift();
      this.lanes.delete(account);
      if (lane.length > 0) this.lanes.set(account, lane);
      return item;
    }
    return undefined;
  }
}
