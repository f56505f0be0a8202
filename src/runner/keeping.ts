import { StoreError } from '../store/store-error.ts';

export interface KeepingOptions {
  /** Tries to keep something that changes nothing. */
  probe: () => Promise<void>;
  /** Told once of each trouble, however many writes it rejects. */
  onTrouble: (error: StoreError) => void;
}

/** From one probe to the next, while nothing can be kept. */
const PROBED_AFTER_MS = 5000;

/** Whether the store keeps what it is given, as its last commit tells. After one that failed it is tried until one succeeds. */
export class Keeping {
  private readonly options: KeepingOptions;
  private last: StoreError | undefined;
  private probing: NodeJS.Timeout | undefined;

  constructor(options: KeepingOptions) {
    this.options = options;
  }

  /** What keeps the store from keeping anything now. */
  get trouble(): StoreError | undefined {
    return this.last;
  }

  committed(): void {
    if (this.last !== undefined) this.stop();
    this.last = undefined;
  }

  failed(error: unknown): void {
    if (!(error instanceof StoreError)) return;
    const isKnown = this.last?.code === error.code;
    this.last = error;
    this.stop();
    // It comes back here, or to `committed`.
    this.probing = setTimeout(() => void this.options.probe().catch(() => undefined), PROBED_AFTER_MS).unref();
    if (!isKnown) this.options.onTrouble(error);
  }

  /** Probes no more. */
  stop(): void {
    clearTimeout(this.probing);
  }
}
