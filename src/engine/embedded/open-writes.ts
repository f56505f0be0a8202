/** The writes of a run that may not be on disk yet. The store settles writes in their order, so the last says it of all. */
export class OpenWrites {
  private last: Promise<unknown> | undefined;
  private lastOfAll: Promise<unknown> | undefined;
  private failure: { error: unknown } | undefined;

  /** Keeps a write in mind; that it failed comes out at the next wait. */
  follow(write: Promise<unknown>): void {
    this.last = write;
    this.followAside(write);
  }

  /** Keeps in mind a write that nothing waits for before the end: as soon as anything later is on disk, so is this. */
  followAside(write: Promise<unknown>): void {
    this.lastOfAll = write;
    write.then(
      () => this.settle(write),
      (error: unknown) => {
        this.failure ??= { error };
        this.settle(write);
      },
    );
  }

  /** Resolves when all is on disk but what was followed aside. Rejects where something is not. `undefined`: it is. */
  settled(): Promise<void> | undefined {
    return this.last === undefined && this.failure === undefined ? undefined : this.until(this.last);
  }

  /** Resolves when all is on disk. Rejects where something is not, once nothing is under way any more. */
  allSettled(): Promise<void> {
    return this.until(this.lastOfAll);
  }

  private settle(write: Promise<unknown>): void {
    if (this.last === write) this.last = undefined;
    if (this.lastOfAll === write) this.lastOfAll = undefined;
  }

  /** Rejects with the first failure: later ones may follow from it. */
  private async until(write: Promise<unknown> | undefined): Promise<void> {
    await write?.catch(() => undefined);
    if (this.failure !== undefined) throw this.failure.error;
  }
}
