import type { QueuedRun } from '../../store/store.ts';
import { FairQueue } from '../fair-queue.ts';
import type { Tally } from '../tally.ts';
import { Slots } from './slots.ts';

export interface RunQueueHost {
  /** No run may begin any more. */
  stopping(): boolean;
  begin(run: string): void;
}

/** Runs that wait for their turn, by their ids alone, and the slots of those that go on: who begins next. */
export class RunQueue {
  private readonly host: RunQueueHost;
  private readonly waiting = new FairQueue<string>();
  private readonly slots: Slots;

  /** `most`: runs that do something at a time. */
  constructor(most: number, host: RunQueueHost) {
    this.slots = new Slots(most);
    this.host = host;
  }

  /** How many wait. */
  get counts(): Pick<Tally, 'total' | 'of'> {
    return this.waiting.counts;
  }

  /** Whether a run that comes now need not wait. */
  get isOpen(): boolean {
    return this.waiting.isEmpty() && this.slots.isFree && !this.host.stopping();
  }

  add({ account, id }: QueuedRun): void {
    this.waiting.add(account, id);
    this.fill(account);
  }

  /** A run of the account does something. */
  take(account: string): void {
    this.slots.take(account);
  }

  /** One does not any more. */
  leave(account: string): void {
    this.slots.leave(account);
    this.fill(account);
  }

  /** Begins what may begin. `account`: of which something came or ended. */
  private fill(account: string): void {
    while (!this.host.stopping() && this.slots.isFreeFor(account)) {
      const id = this.slots.isFree ? this.waiting.take() : this.waiting.takeOf(account);
      if (id === undefined) return;
      this.host.begin(id);
    }
  }
}
