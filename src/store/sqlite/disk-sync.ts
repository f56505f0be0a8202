import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

/**
 * Brings what was written to a file to the disk, in a thread of libuv's, so that nothing else waits. One sync is under
 * way at a time; all who ask in its course share the next one.
 */
export class DiskSync {
  readonly #descriptor: number;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'r');
    // Where the process before was killed, what it wrote last may be in the system's memory alone; all that comes builds on it.
    fdatasyncSync(this.#descriptor);
  }

  /** Resolves when all that was written before the call is on the disk. Rejects where the disk refused it. */
  sync(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  /** After the last `sync` has settled. */
  close(): void {
    closeSync(this.#descriptor);
  }

  #start(): Promise<void> {
    this.#running = new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, (error) => {
        this.#running = undefined;
        if (error === null) resolve();
        else reject(error);
      });
    });
    return this.#running;
  }
}
