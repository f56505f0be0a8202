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
 * A write is a function of what is kept and may be executed more than once; the last time counts. One that contradicts
 * what is kept is undone and refused alone. A disk that is full, or fails, rejects all of the flush, so that no write is
 * kept while an earlier one is lost. Where a sync fails, nobody knows what is on the disk
 * (https://wiki.postgresql.org/wiki/Fsync_Errors): all that is not known to be durable is rejected, and all that follows.
 */
export class CommitQueue {
  readonly #database: DatabaseSync;
  readonly #sync: () => Promise<void>;
  readonly #told: CommitListeners;
  readonly #statements: { [name in TransactionStep]: StatementSync };
  #waiting: Queued[] = [];
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
    };
  }

  /** Adds a write, which runs inside of a transaction, and gives its result once it is durable. Rejects where it, or its commit, failed. */
  commit<T>(write: () => T, urgency: Urgency = 'now'): Promise<T> {
    const queued = new QueuedWrite(write, undefined);
    this.#add(queued, urgency);
    return queued.durable;
  }

  /** Adds a write whose result is wanted before it is durable. */
  add<T>(write: () => T): PendingWrite<T> {
    const result = Promise.withResolvers<T>();
    // Whoever cares for failures has `durable`; not everybody asks for the result.
    result.promise.catch(() => {});
    const queued = new QueuedWrite(write, result);
    this.#add(queued, 'now');
    return { result: result.promise, durable: queued.durable };
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

  #add(write: Queued, urgency: Urgency): void {
    if (this.#closing !== undefined)
      write.reject(new StoreError('store_closed', 'The store is closed, so nothing more can be kept.'));
    else if (this.#broken !== undefined) write.reject(this.#broken);
    else {
      this.#waiting.push(write);
      this.#schedule(urgency);
    }
  }

  #schedule(urgency: Urgency): void {
    if (this.#flushing || this.#scheduled?.urgency === 'now' || this.#scheduled?.urgency === urgency) return;
    this.#scheduled?.cancel();
    if (urgency === 'now') this.#gather(1);
    else {
      const timer = setTimeout(() => void this.#flush(), SOON_MS);
      this.#scheduled = { urgency, cancel: () => clearTimeout(timer) };
    }
  }

  /** As long as each turn of the event loop brings further writes, they share the commit. */
  #gather(turn: number): void {
    const { length } = this.#waiting;
    const handle = setImmediate(() => {
      if (this.#waiting.length > length && turn < MAX_TURNS) this.#gather(turn + 1);
      else void this.#flush();
    });
    this.#scheduled = { urgency: 'now', cancel: () => clearImmediate(handle) };
  }

  async #flush(): Promise<void> {
    this.#scheduled = undefined;
    this.#flushing = true;
    const taken: Queued[] = [];
    const done: Queued[] = [];
    try {
      this.#statements.begin.run();
      for (let round = 0; this.#waiting.length > 0 && round < MAX_ROUNDS; round += 1) {
        for (const write of this.#take(taken)) this.#execute(write, done);
        await continuations();
      }
      this.#statements.commit.run();
      this.#told.onCommit?.(taken.length);
      this.#synced = this.#confirm(taken, this.#synced);
    } catch (error) {
      // Whoever has a result already goes on with it, so that what they add is lost with what it builds on.
      await continuations();
      this.#undo(taken);
      const failure = describeSqliteError(error);
      this.#told.onFailure?.(failure);
      this.#synced = this.#rejectAll(taken, failure, this.#synced);
    }
    this.#flushing = false;
    if (this.#waiting.length > 0) this.#schedule('now');
    else this.#closing?.resolve();
  }

  async #confirm(writes: readonly Queued[], before: Promise<void>): Promise<void> {
    try {
      await this.#sync();
      await before;
      for (const write of writes) write.settle();
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

  #take(taken: Queued[]): Queued[] {
    const batch = this.#waiting;
    this.#waiting = [];
    for (const write of batch) taken.push(write);
    return batch;
  }

  /** `done`: what was executed before in this transaction. */
  #execute(write: Queued, done: Queued[]): void {
    try {
      write.execute();
      done.push(write);
    } catch (error) {
      if (!isOwnFault(error) || !this.#database.isTransaction) throw error;
      write.refuse(describeSqliteError(error));
      // Half of it may be done. That is rare, so the others are executed anew, rather than each with a savepoint of its own.
      this.#statements.rollback.run();
      this.#statements.begin.run();
      for (const one of done) one.execute();
    }
  }

  #undo(taken: Queued[]): void {
    // SQLite may have rolled back by itself, https://sqlite.org/lang_transaction.html
    if (this.#database.isTransaction) this.#statements.rollback.run();
    // Those that wait were added in the middle of this flush: they build on what is lost.
    this.#take(taken);
  }

  /** In their turn: what was committed before them may still be on its way to the disk. */
  async #rejectAll(writes: readonly Queued[], failure: unknown, before: Promise<void>): Promise<void> {
    await before;
    for (const write of writes) write.reject(failure);
  }
}

export interface CommitListeners {
  /** Told after each commit how many writes shared it. */
  onCommit?: (writes: number) => void;
  /** Told of each commit that failed, and with it all of its writes. */
  onFailure?: (error: unknown) => void;
  /** Told once that nothing more is kept before the next start. */
  onBroken?: (error: StoreError) => void;
}

type TransactionStep = 'begin' | 'commit' | 'rollback';

/** A write in the queue, whatever it comes to. */
type Queued = Pick<QueuedWrite<unknown>, 'execute' | 'settle' | 'refuse' | 'reject'>;

class QueuedWrite<T> {
  /** Settles in the order of the writes. */
  readonly durable: Promise<T>;
  readonly #settled = Promise.withResolvers<T>();
  readonly #write: () => T;
  readonly #early: PromiseWithResolvers<T> | undefined;
  #result: T | undefined;
  #refusal: { error: unknown } | undefined;

  /** `early` is told of the result before it is durable. */
  constructor(write: () => T, early: PromiseWithResolvers<T> | undefined) {
    this.durable = this.#settled.promise;
    this.#write = write;
    this.#early = early;
  }

  execute(): void {
    this.#result = this.#write();
    this.#early?.resolve(this.#result);
  }

  /** It contradicts what is kept. Its promise settles in its turn, as those of all others do. */
  refuse(error: unknown): void {
    this.#refusal = { error };
    this.#early?.reject(error);
  }

  settle(): void {
    if (this.#refusal === undefined) this.#settled.resolve(this.#result as T);
    else this.#settled.reject(this.#refusal.error);
  }

  reject(error: unknown): void {
    this.#early?.reject(error);
    this.#settled.reject(error);
  }
}

/** A chain of writes that never ends must not keep the others from their commit. */
const MAX_ROUNDS = 64;

/** Under load a turn takes a millisecond and more, which is what each write waits then for the company of others. */
const MAX_TURNS = 3;

/** How long a write that nobody waits for may wait for the commit of another. */
const SOON_MS = 50;

/** Lets all that waits for settled promises run, and nothing else: no timer and no I/O comes between. */
async function continuations(): Promise<void> {
  // A tick that is asked for by a promise's reaction comes when no more reactions are left.
  await Promise.resolve();
  await new Promise<void>((resolve) => process.nextTick(resolve));
}
