/** Milliseconds from one look for keys that are missing to the next. */
const BETWEEN_MS = 60_000;

export interface KeyWatchOptions {
  /** Accounts of which not all that is kept opens. */
  incomplete: () => string[];
  /** Looks once more for the keys of these. */
  look: (accounts: string[]) => Promise<void>;
  onError: (error: unknown) => void;
}

/** Looks, while private keys are missing, whether they have been put in their place: no start is needed then. */
export class KeyWatch {
  private readonly options: KeyWatchOptions;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(options: KeyWatchOptions) {
    this.options = options;
  }

  start(): void {
    this.timer = setInterval(() => {
      const accounts = this.options.incomplete();
      if (accounts.length > 0) this.looking = this.options.look(accounts).catch(this.options.onError);
    }, BETWEEN_MS);
    this.timer.unref();
  }

  /** Resolves when no look is under way any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }
}
