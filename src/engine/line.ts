/** What waits in order. A plain array takes longer to shift the longer it is. */
export class Line<Item> {
  private readonly items: Item[] = [];
  /** Those before it are taken. */
  private taken = 0;

  get size(): number {
    return this.items.length - this.taken;
  }

  add(item: Item): void {
    this.items.push(item);
  }

  first(): Item | undefined {
    return this.items[this.taken];
  }

  take(): Item | undefined {
    const item = this.items[this.taken];
    if (this.size > 0) this.taken += 1;
    // No more is moved than was taken since it was last done.
    if (this.taken >= this.size) this.letGo();
    return item;
  }

  /** Takes out all of which it is true, wherever they are. Gives them. */
  remove(isMeant: (item: Item) => boolean): Item[] {
    this.letGo();
    const [out, kept] = [this.items.filter(isMeant), this.items.filter((item) => !isMeant(item))];
    if (out.length > 0) this.items.splice(0, this.items.length, ...kept);
    return out;
  }

  waiting(): Item[] {
    return this.items.slice(this.taken);
  }

  private letGo(): void {
    this.items.splice(0, this.taken);
    this.taken = 0;
  }
}
