import { setTimeout as delay } from 'node:timers/promises';
import { firstRunId } from '../run/run-id.ts';
import type { Instant } from '../run/records.ts';
import type { HistoryLimits, PruneRule } from '../store/history.ts';
import type { Store } from '../store/store.ts';

export interface HistoryPrunerOptions {
  store: Pick<Store, 'history'>;
  now: () => Instant;
  /** Told of what kept the history from being pruned, such as a full disk: it is tried again. */
  onError: (error: unknown) => void;
}

/** From the end of one look through the history to the next. */
const BETWEEN_MS = 5 * 60_000;
/** Runs that are measured without a pause. */
const MEASURED_AT_ONCE = 200;
/** Of the time that a piece took, so many times that is left to others after it. */
const LEFT_TO_OTHERS = 3;

/**
 * Takes away what is older, or more, than accounts keep, while the runner serves: in small transactions, each followed by a
 * rest that is longer than it took.
 */
export class HistoryPruner {
  private readonly options: HistoryPrunerOptions;
  private readonly stopping = new AbortController();
  /** Aborted when the next look is not to wait. */
  private asked = new AbortController();
  /** How much of an account's history was measured since the start, and up to which run. */
  private readonly sizes = new Map<string, { upTo: string; bytes: number }>();
  private running: Promise<void> = Promise.resolve();

  constructor(options: HistoryPrunerOptions) {
    this.options = options;
  }

  start(): void {
    this.running = this.run();
  }

  /** Looks again as soon as it can: what accounts keep is another now. */
  look(): void {
    this.asked.abort();
  }

  /** Resolves when nothing of it is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Looks through the history of all accounts once. */
  async prune(): Promise<void> {
    for (const [account, limits] of this.options.store.history.limits()) {
      await this.pruneByAge(account, limits);
      await this.pruneBySize(account, limits);
    }
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.asked = new AbortController();
      try {
        await this.prune();
      } catch (error) {
        if (!this.stopping.signal.aborted) this.options.onError(error);
      }
      await this.rest(BETWEEN_MS, AbortSignal.any([this.stopping.signal, this.asked.signal]));
    }
  }

  private async pruneByAge(account: string, { keepMs, keepFailedMs }: HistoryLimits): Promise<void> {
    if (keepMs === undefined && keepFailedMs === undefined) return;
    const now = this.options.now();
    const rule: PruneRule = {
      now,
      ...(keepMs === undefined ? {} : { endedBefore: now - keepMs }),
      ...(keepFailedMs === undefined ? {} : { failedBefore: now - keepFailedMs }),
    };
    const { endedBefore = 0, failedBefore = 0 } = rule;
    await this.remove(account, () => rule, firstRunId(Math.max(endedBefore, failedBefore)));
  }

  private async pruneBySize(account: string, { maxBytes, keepFailedMs }: HistoryLimits): Promise<void> {
    if (maxBytes === undefined) return;
    const now = this.options.now();
    const size = await this.measure(account);
    const failed = keepFailedMs === undefined ? {} : { failedBefore: now - keepFailedMs };
    await this.remove(account, () => {
      const enoughBytes = size.bytes - maxBytes;
      return enoughBytes > 0 ? { now, endedBefore: now, enoughBytes, ...failed } : undefined;
    });
  }

  /** Removes from the oldest run on, up to this one, by what the rule says at each step; `undefined`: it is enough. */
  private async remove(account: string, ruleNow: () => PruneRule | undefined, end?: string): Promise<void> {
    for (let after = ''; !this.stopping.signal.aborted;) {
      const rule = ruleNow();
      if (rule === undefined) return;
      const from = after;
      const step = await this.inTurn(() => this.options.store.history.prune(account, from, rule));
      const size = this.sizes.get(account);
      if (size !== undefined) size.bytes -= step.bytes;
      if (step.last === undefined || (end !== undefined && step.last >= end)) return;
      after = step.last;
    }
  }

  /** What was measured before is not measured again; what is not old yet may still grow. */
  private async measure(account: string): Promise<{ bytes: number }> {
    const size = this.sizes.get(account) ?? { upTo: '', bytes: 0 };
    this.sizes.set(account, size);
    while (!this.stopping.signal.aborted) {
      const part = await this.inTurn(() => this.options.store.history.measure(account, size.upTo, MEASURED_AT_ONCE));
      if (part === undefined) break;
      size.upTo = part.last;
      size.bytes += part.bytes;
    }
    return size;
  }

  private async inTurn<T>(piece: () => T | Promise<T>): Promise<T> {
    const begun = performance.now();
    const result = await piece();
    await this.rest((performance.now() - begun) * LEFT_TO_OTHERS);
    return result;
  }

  private async rest(milliseconds: number, signal = this.stopping.signal): Promise<void> {
    await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
