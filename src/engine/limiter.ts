import { FairQueue } from './fair-queue.ts';
import type { CallLimit } from './limits.ts';

export interface LimiterClock {
  now(): number;
  /** Waits so many milliseconds; rejects when the engine stops. */
  delay(milliseconds: number): Promise<void>;
}

/** A place that a call has within its limits. */
export interface Turn {
  /** Waits until one more request may be made in the same call. */
  next(): Promise<void>;
  /** The service asked for so many milliseconds without a request. */
  hold(milliseconds: number): void;
  /** The call has ended. */
  release(): void;
}

/** So many calls of a limit wait in here; who comes then is better left aside until some of them have gone. */
const CROWD = 32;
/** Milliseconds until it is looked at again whether those that were left aside may come. */
const LOOK_AGAIN_MS = 1000;

/** Calls that found the service closed are tried again by themselves; so others wait no longer for its word. */
const LONGEST_HOLD_MS = 60_000;

/** So many limits are kept without a look at whether they still hold anybody back. */
const LEAST_LANES = 1000;

/**
 * Lets calls through as their limits allow, in the order in which they came, across all runs of the process. A limit
 * holds for every stretch of time of its length: a bucket of tokens that fills up would let twice as many through in the
 * first one.
 */
export class Limiter {
  private readonly lanes = new Map<string, Lane>();
  private sweepAt = LEAST_LANES;
  private readonly clock: LimiterClock;

  constructor(clock: LimiterClock) {
    this.clock = clock;
  }

  /** Resolves when a call may begin. Rejects as the clock's `delay` does, and with the signal's reason where it is aborted before. */
  async enter(limits: readonly CallLimit[], signal?: AbortSignal): Promise<Turn> {
    const entered: Lane[] = [];
    try {
      // All calls take a service's limit before an action's, so none waits for another in a circle.
      for (const limit of limits) {
        const lane = this.lane(limit);
        await lane.enter(limit, signal);
        entered.push(lane);
      }
    } catch (error) {
      for (const lane of entered) lane.leave();
      throw error;
    }
    return turnIn(entered, limits);
  }

  /** The place of a call that may begin now; `undefined` where it would have to wait. */
  enterNow(limits: readonly CallLimit[]): Turn | undefined {
    const lanes = limits.map((limit) => this.lane(limit));
    if (!limits.every((limit, index) => lanes[index]?.admits(limit))) return undefined;
    for (const [index, limit] of limits.entries()) lanes[index]?.take(limit);
    return turnIn(lanes, limits);
  }

  /** Many wait before these limits already. */
  isCrowded(limits: readonly CallLimit[]): boolean {
    return limits.some((limit) => this.lane(limit).isCrowded());
  }

  /** Calls back when the crowd before these limits has gone: accounts in turn, each in the order of asking. */
  whenLess(limits: readonly CallLimit[], account: string, come: () => void): void {
    const lanes = limits.map((limit) => this.lane(limit));
    const crowded = lanes.find((lane) => lane.isCrowded());
    if (crowded === undefined) come();
    else crowded.leaveAside(account, come);
  }

  private lane({ key }: CallLimit): Lane {
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      if (this.lanes.size >= this.sweepAt) this.sweep();
      this.lanes.set(key, (lane = new Lane(this.clock)));
    }
    return lane;
  }

  /** Limits may belong to what comes once, such as a channel: those that hold nobody back any more are forgotten. */
  private sweep(): void {
    for (const [key, lane] of this.lanes) if (lane.isFree()) this.lanes.delete(key);
    this.sweepAt = Math.max(LEAST_LANES, 2 * this.lanes.size);
  }
}

/** In as many lanes as there are limits. */
function turnIn(lanes: readonly Lane[], limits: readonly CallLimit[]): Turn {
  return {
    next: async () => {
      for (const [index, limit] of limits.entries()) await lanes[index]?.again(limit);
    },
    hold: (milliseconds) => lanes.at(-1)?.hold(Math.min(milliseconds, LONGEST_HOLD_MS)),
    release: () => {
      for (const lane of lanes) lane.leave();
    },
  };
}

interface Waiter {
  limit: CallLimit;
  /** It is a call of its own, and not a further request of one that is under way. */
  begins: boolean;
  resolve(): void;
  reject(reason: unknown): void;
}

/** All calls that share a limit. The numbers come with each call: plans of different days may say different ones. */
class Lane {
  private readonly clock: LimiterClock;
  private readonly waiting: Waiter[] = [];
  /** Instants of the last requests, as many as the largest count. */
  private readonly made: number[] = [];
  private aside = new FairQueue<() => void>();
  private longestMs = 0;
  private active = 0;
  private heldUntil = 0;
  private waking = false;
  private looking = false;

  constructor(clock: LimiterClock) {
    this.clock = clock;
  }

  admits(limit: CallLimit): boolean {
    return this.waiting.length === 0 && this.active < limit.concurrency && this.waitFor(limit) <= 0;
  }

  /** A call that it admits begins. */
  take(limit: CallLimit): void {
    this.note(limit);
    this.active++;
  }

  isCrowded(): boolean {
    return this.waiting.length >= CROWD;
  }

  leaveAside(account: string, come: () => void): void {
    this.aside.add(account, come);
    this.lookLater();
  }

  async enter(limit: CallLimit, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { limit, begins: true, resolve, reject };
    const giveUp = (): void => this.drop(waiter, signal?.reason);
    signal?.addEventListener('abort', giveUp);
    this.waiting.push(waiter);
    this.admit();
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Goes before those that have not begun: they may wait for this call's end. */
  again(limit: CallLimit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.unshift({ limit, begins: false, resolve, reject });
      this.admit();
    });
  }

  leave(): void {
    this.active--;
    this.admit();
  }

  hold(milliseconds: number): void {
    this.heldUntil = Math.max(this.heldUntil, this.clock.now() + milliseconds);
  }

  /** It is as if it were new. */
  isFree(): boolean {
    const until = Math.max(this.heldUntil, (this.made.at(-1) ?? Number.NEGATIVE_INFINITY) + this.longestMs);
    return this.active === 0 && this.waiting.length === 0 && this.aside.isEmpty() && until <= this.clock.now();
  }

  private drop(waiter: Waiter, reason: unknown): void {
    const place = this.waiting.indexOf(waiter);
    if (place === -1) return;
    this.waiting.splice(place, 1);
    waiter.reject(reason);
    // It may have kept the others waiting.
    this.admit();
  }

  private admit(): void {
    for (let [first] = this.waiting; first !== undefined; [first] = this.waiting) {
      if (first.begins && this.active >= first.limit.concurrency) return;
      const wait = this.waitFor(first.limit);
      if (wait > 0) return this.wakeIn(wait);
      this.waiting.shift();
      if (first.begins) this.take(first.limit);
      else this.note(first.limit);
      first.resolve();
      this.callSome();
    }
  }

  /** Half a crowd, when half of it has gone. */
  private callSome(): void {
    if (this.aside.isEmpty() || this.waiting.length > CROWD / 2) return;
    const called = Array.from({ length: CROWD / 2 }, () => this.aside.take());
    for (const come of called) come?.();
  }

  /** Who was called may have ended meanwhile, and then nobody comes whose going would call the next. */
  private lookLater(): void {
    if (this.looking || this.aside.isEmpty()) return;
    this.looking = true;
    this.clock.delay(LOOK_AGAIN_MS).then(
      () => {
        this.looking = false;
        this.callSome();
        this.lookLater();
      },
      // The engine stops.
      () => (this.aside = new FairQueue()),
    );
  }

  private waitFor({ requests }: CallLimit): number {
    const now = this.clock.now();
    const free = requests.map(({ count, periodMs }) => (this.made.at(-count) ?? Number.NEGATIVE_INFINITY) + periodMs);
    return Math.max(this.heldUntil, ...free) - now;
  }

  private note({ requests }: CallLimit): void {
    if (requests.length === 0) return;
    this.made.push(this.clock.now());
    this.longestMs = Math.max(this.longestMs, ...requests.map(({ periodMs }) => periodMs));
    const most = Math.max(...requests.map(({ count }) => count));
    if (this.made.length > most) this.made.splice(0, this.made.length - most);
  }

  private wakeIn(milliseconds: number): void {
    if (this.waking) return;
    this.waking = true;
    this.clock.delay(milliseconds).then(
      () => {
        this.waking = false;
        this.admit();
      },
      (error: unknown) => {
        this.waking = false;
        for (const waiter of this.waiting.splice(0)) waiter.reject(error);
      },
    );
  }
}
