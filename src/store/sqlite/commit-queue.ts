import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import type { PendingWrite, Urgency } from '../store.ts';
import { describeSqliteError, isOwnFault } from './sqlite-error.ts';

/**
 * Group commit: writes wait in memory, and one flush puts all that wait into one transaction. They take effect in the
 * order in which they were added, and are durable once a sync that began after their commit has ended; the next
 * transactions are written meanwhile.
 *
 * A flush executes what waits, lets those who asked for results go on, executes what they add, and commits when they
 * add nothing more. A run whose last steps only read and write the store thus ends in the commit of its last call.
 *
 * A write that contradicts what is kept is undone and rejected alone. A disk that is full, or fails, rejects all of the
 * flush, so that no write is kept while an earlier one is lost. Where a sync fails, nobody knows what is on the disk
 * (https://wiki.postgresql.org/wiki/Fsync_Errors): all that is not known to be durable is rejected, and all that follows.
 */
export class CommitQueue {
  readonly #database: DatabaseSync;
  readonly #sync: () => Promise<void>;
  readonly #told: CommitListeners;
  readonly #statements: { [name in TransactionStep]: StatementSync };
  #waiting: QueuedWrite[] = [];
  #scheduled: { urgency: Urgency; cancel: () => void } | undefined;
  #flushing = false;
  #closing: PromiseWithResolvers<void> | undefined;
  /** Settles when all that is committed is durable. */
  #synced: Promise<void> = Promise.resolve();
  #broken: StoreError | undefined;

  /** `sync` brings what is committed to the disk. */
  constructor(database: DatabaseSync, sync: () => Promise<void>, told: CommitListeners = {}) {
    this.#database = database;
    this.#sync = sync;
    this.#told = told;
    this.#statements = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      rollback: database.prepare('ROLLBACK'),
      savepoint: database.prepare('SAVEPOINT one_write'),
      release: database.prepare('RELEASE one_write'),
      undo: database.prepare('ROLLBACK TO one_write'),
    };
  }

  /** Adds a write, which runs inside of a transaction. `durable` rejects where it, or its commit, failed. */
  add<T>(write: () => T, urgency: Urgency = 'now'): PendingWrite<T> {
    const result = Promise.withResolvers<T>();
    const durable = Promise.withResolvers<void>();
    // Whoever cares for failures has `durable`; not everybody asks for the result.
    result.promise.catch(() => {});
    const reject = (error: unknown): void => {
      result.reject(error);
      durable.reject(error);
    };
    if (this.#closing !== undefined)
      reject(new StoreError('store_closed', 'The store is closed, so nothing more can be kept.'));
    else if (this.#broken !== undefined) reject(this.#broken);
    else {
      this.#waiting.push({ execute: () => result.resolve(write()), durable: durable.resolve, reject });
      this.#schedule(urgency);
    }
    return { result: result.promise, durable: durable.promise };
  }

  /** Adds a write and gives its result once it is durable. */
  async commit<T>(write: () => T): Promise<T> {
    const pending = this.add(write);
    await pending.durable;
    return pending.result;
  }

  /** Refuses further writes and resolves when those that wait have had their flush and are durable. */
  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers();
      if (this.#waiting.length > 0) this.#schedule('now');
      else if (!this.#flushing) this.#closing.resolve();
    }
    await this.#closing.promise;
    await this.#synced;
  }

  #schedule(urgency: Urgency): void {
    if (this.#flushing || this.#scheduled?.urgency === 'now' || this.#scheduled?.urgency === urgency) return;
    this.#scheduled?.cancel();
    this.#scheduled = { urgency, cancel: schedule(urgency, () => void this.#flush()) };
  }

  async #flush(): Promise<void> {
    this.#scheduled = undefined;
    this.#flushing = true;
    const taken: QueuedWrite[] = [];
    try {
      this.#statements.begin.run();
      for (let round = 0; this.#waiting.length > 0 && round < MAX_ROUNDS; round += 1) {
        for (const write of this.#take(taken)) this.#execute(write);
        await continuations();
      }
      this.#statements.commit.run();
      this.#told.onCommit?.(taken.length);
      this.#synced = this.#confirm(taken);
    } catch (error) {
      // Whoever has a result already goes on with it, so that what they add is lost with what it builds on.
      await continuations();
      this.#rejectAll(taken, error);
    }
    this.#flushing = false;
    if (this.#waiting.length > 0) this.#schedule('now');
    else this.#closing?.resolve();
  }

  async #confirm(writes: readonly QueuedWrite[]): Promise<void> {
    try {
      await this.#sync();
      for (const write of writes) write.durable();
    } catch (error) {
      const message =
        'The disk of the data folder could not be synced: what was written last may be lost. Look at the disk, then start again.';
      this.#break(new StoreError('store_broken', message, { cause: error }));
      for (const write of writes) write.reject(this.#broken);
    }
  }

  #break(error: StoreError): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    this.#told.onBroken?.(error);
  }

  #take(taken: QueuedWrite[]): QueuedWrite[] {
    const batch = this.#waiting;
    this.#waiting = [];
    for (const write of batch) taken.push(write);
    return batch;
  }

  #execute(write: QueuedWrite): void {
    this.#statements.savepoint.run();
    try {
      write.execute();
    } catch (error) {
      if (!isOwnFault(error) || !this.#database.isTransaction) throw error;
      this.#statements.undo.run();
      write.reject(describeSqliteError(error));
    }
    this.#statements.release.run();
  }

  #rejectAll(taken: QueuedWrite[], error: unknown): void {
    // SQLite may have rolled back by itself, https://sqlite.org/lang_transaction.html
    if (this.#database.isTransaction) this.#statements.rollback.run();
    const failure = describeSqliteError(error);
    // Those that wait were added in the middle of this flush: they build on what is lost.
    this.#take(taken);
    for (const write of taken) write.reject(failure);
  }
}

export interface CommitListeners {
  /** Told after each commit how many writes shared it. */
  onCommit?: (writes: number) => void;
  /** Told once that nothing more is kept before the next start. */
  onBroken?: (error: StoreError) => void;
}

type TransactionStep = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'undo';

interface QueuedWrite {
  execute(): void;
  durable(): void;
  /** Has no effect on a write that was rejected already. */
  reject(error: unknown): void;
}

/** A chain of writes that never ends must not keep the others from their commit. */
const MAX_ROUNDS = 64;

/** How long a write that nobody waits for may wait for the commit of another. */
const SOON_MS = 50;

function schedule(urgency: Urgency, flush: () => void): () => void {
  if (urgency === 'now') {
    const handle = setImmediate(flush);
    return () => clearImmediate(handle);
  }
  const handle = setTimeout(flush, SOON_MS);
  return () => clearTimeout(handle);
}

/** Lets all that waits for settled promises run, and nothing else: no timer and no I/O comes between. */
async function continuations(): Promise<void> {
  // A tick that is asked for by a promise's reaction comes when no more reactions are left.
  await Promise.resolve();
  await new Promise<void>((resolve) => process.nextTick(resolve));
}
