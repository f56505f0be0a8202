import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '../run/records.ts';
import type { AuditStore } from '../store/store.ts';

/** How much of the audit log is kept. */
export interface AuditLimits {
  /** Milliseconds that an entry is kept; `undefined` for good. */
  keepMs: number | undefined;
  /** Entries at most; the oldest go first. */
  maxEntries: number | undefined;
}

export interface AuditPrunerOptions extends AuditLimits {
  audit: AuditStore;
  now: () => Instant;
  /** Told of what kept it from pruning, such as a full disk: it is tried again. */
  onError: (error: unknown) => void;
}

/** From one look at the log to the next. */
const BETWEEN_MS = 10 * 60_000;
/** Entries that one transaction takes away: others wait for none that is long. */
const AT_ONCE = 500;

/** Takes away what is older, or more, than the operator keeps of the audit log, while the runner serves. */
export class AuditPruner {
  private readonly options: AuditPrunerOptions;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(options: AuditPrunerOptions) {
    this.options = options;
  }

  start(): void {
    const { keepMs, maxEntries } = this.options;
    if (keepMs !== undefined || maxEntries !== undefined) this.running = this.run();
  }

  /** Resolves when nothing of it is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Takes away what is too much now. */
  async prune(): Promise<void> {
    const { audit, keepMs, maxEntries, now } = this.options;
    const before = keepMs === undefined ? undefined : now() - keepMs;
    let removed = AT_ONCE;
    while (removed === AT_ONCE && !this.stopping.signal.aborted)
      removed = await audit.prune({ before, keep: maxEntries, limit: AT_ONCE });
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.prune().catch(this.options.onError);
      await delay(BETWEEN_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
