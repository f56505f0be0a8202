import { StoreError } from '../store/store-error.ts';

/** Whether the store keeps what it is given, as its last commit tells. */
export class Keeping {
  private readonly onTrouble: (error: StoreError) => void;
  private last: StoreError | undefined;

  /** `onTrouble` is told once of each trouble, however many writes it rejects. */
  constructor(onTrouble: (error: StoreError) => void) {
    this.onTrouble = onTrouble;
  }

  /** What keeps the store from keeping anything now. */
  get trouble(): StoreError | undefined {
    return this.last;
  }

  committed(): void {
    this.last = undefined;
  }

  failed(error: unknown): void {
    if (!(error instanceof StoreError)) return;
    const isKnown = this.last?.code === error.code;
    this.last = error;
    if (!isKnown) this.onTrouble(error);
  }
}
