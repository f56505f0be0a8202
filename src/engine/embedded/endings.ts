import type { QueuedRun } from '../../store/store.ts';

interface Ending {
  account: string;
  /** Never rejects. */
  ended: Promise<void>;
}

/** Runs that are being ended before their time. Until that is kept, or cannot be, the store has them as going on. */
export class Endings {
  private readonly underWay = new Map<string, Ending>();

  note({ id, account }: QueuedRun, kept: Promise<void>): void {
    const ending: Ending = { account, ended: kept.catch(() => undefined) };
    this.underWay.set(id, ending);
    void ending.ended.then(() => {
      if (this.underWay.get(id) === ending) this.underWay.delete(id);
    });
  }

  of(run: string): Ending | undefined {
    return this.underWay.get(run);
  }
}
