import type { QueuedRun } from '../../store/store.ts';
import type { Limiter } from '../limiter.ts';
import type { CallLimit } from '../limits.ts';
import { Tally } from '../tally.ts';

/** Runs that were left aside, because many stand before a limit: they are running for all who look; in here, others have their slots. */
export class CrowdedRuns {
  private readonly limiter: Limiter;
  private readonly goOn: (run: QueuedRun) => void;
  private readonly tally = new Tally();

  constructor(limiter: Limiter, goOn: (run: QueuedRun) => void) {
    this.limiter = limiter;
    this.goOn = goOn;
  }

  /** How many there are. */
  get counts(): Pick<Tally, 'total' | 'of'> {
    return this.tally;
  }

  /** Until the crowd before these limits has gone. Of the run, no more is kept than its name: what it carries may be large. */
  add({ id, account }: QueuedRun, limits: readonly CallLimit[]): void {
    this.tally.add(account);
    this.limiter.whenLess(limits, account, () => {
      this.tally.drop(account);
      this.goOn({ id, account });
    });
  }
}
