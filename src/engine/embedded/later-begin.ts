/** Milliseconds in which nobody looks. */
const SHOWN_AFTER_MS = 50;

/**
 * That something began, which may begin anew after a crash. It is kept where it takes so long that somebody may look;
 * otherwise it is kept with its end, in one write.
 */
export class LaterBegin {
  private readonly write: () => void;
  private readonly timer: NodeJS.Timeout;
  private written = false;

  constructor(write: () => void) {
    this.write = write;
    this.timer = setTimeout(() => this.keep(), SHOWN_AFTER_MS);
  }

  /** It is kept, or on its way there. */
  get isKept(): boolean {
    return this.written;
  }

  /** Keeps it now, unless it is kept already. */
  keep(): void {
    if (this.written) return;
    this.written = true;
    clearTimeout(this.timer);
    this.write();
  }

  /** What began has ended. */
  end(): void {
    clearTimeout(this.timer);
  }
}
