import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import type { Disk } from './disk.ts';
import type { Random } from './random.ts';

interface Task {
  at: number;
  /** Which of those that are due at an instant comes first. */
  rank: number;
  /** It is lost when the process dies. */
  ofProcess: boolean;
  run: () => void;
}

const REAL = {
  setImmediate,
  setTimeout,
  clearTimeout,
  clearImmediate,
  delay: timersPromises.setTimeout,
  // oxlint-disable-next-line typescript/unbound-method -- it is put back where it was.
  any: AbortSignal.any,
  fdatasync: fs.fdatasync,
  fdatasyncSync: fs.fdatasyncSync,
};

/**
 * What a process stands on: timers, the next turn of the event loop, the sync of a disk. Everything that takes time is a
 * task here; one is done after the other, in an order that the seed decides, and time jumps from one to the next.
 */
export class Machine {
  /** Milliseconds since the machine began; goes only forward. */
  time = 0;
  private tasks: Task[] = [];
  private immediates = 0;
  private deaths = 0;
  /** Told of each instant at which something leaves the process, for the disk or for the network. */
  moment: () => void = () => {};
  private readonly random: Random;
  private readonly disk: Disk;

  constructor(random: Random, disk: Disk) {
    this.random = random;
    this.disk = disk;
  }

  /** Something outside of the process that happens after so many milliseconds, whether that lives or not. */
  after(milliseconds: number, run: () => void): () => void {
    return this.add(milliseconds, this.random.next(), false, run);
  }

  /** Something of the process that happens after so many milliseconds, if it lives then. */
  afterInProcess(milliseconds: number, run: () => void): () => void {
    return this.add(milliseconds, this.random.next(), true, run);
  }

  /** What the process of now would do, which a later one does not. */
  ofProcess<Given>(run: (given: Given) => void): (given: Given) => void {
    const { deaths } = this;
    return (given) => {
      if (deaths === this.deaths) run(given);
    };
  }

  /** Does the next task, and all that follows from it at once. `false`: nothing is left to do. */
  async step(): Promise<boolean> {
    const task = this.take();
    if (task === undefined) return false;
    this.time = Math.max(this.time, task.at);
    task.run();
    // Whatever hangs on settled promises is done before the real event loop turns.
    await new Promise((resolve) => REAL.setImmediate(() => resolve(undefined)));
    return true;
  }

  /** The process dies: what it waited for does not come. */
  kill(): void {
    this.deaths += 1;
    this.tasks = this.tasks.filter(({ ofProcess }) => !ofProcess);
  }

  /** Takes the place of Node's own timers and of its sync. Gives what takes that back. */
  install(): () => void {
    const handles = new WeakMap<object, () => void>();
    const handleOf = (cancel: () => void): object => {
      const handle = { ref: () => handle, unref: () => handle };
      handles.set(handle, cancel);
      return handle;
    };
    const clear = (handle: object | undefined): void => handles.get(handle ?? {})?.();
    Object.assign(globalThis, {
      setTimeout: (run: () => void, milliseconds = 0) => handleOf(this.afterInProcess(milliseconds, run)),
      setImmediate: (run: () => void) => handleOf(this.add(0, -1 / ++this.immediates, true, run)),
      clearTimeout: clear,
      clearImmediate: clear,
    });
    Object.assign(timersPromises, {
      setTimeout: (milliseconds: number, value: unknown, { signal }: { signal?: AbortSignal } = {}) =>
        this.delay(milliseconds, value, signal),
    });
    Object.assign(fs, {
      fdatasync: (file: number, done: (error: Error | null) => void) => this.sync(file, done),
      fdatasyncSync: (file: number) => void this.disk.beginSync(file)(),
    });
    Object.assign(AbortSignal, { any });
    syncBuiltinESMExports();
    return () => {
      const { delay, fdatasync, fdatasyncSync, any: realAny, ...timers } = REAL;
      Object.assign(globalThis, timers);
      Object.assign(timersPromises, { setTimeout: delay });
      Object.assign(fs, { fdatasync, fdatasyncSync });
      Object.assign(AbortSignal, { any: realAny });
      syncBuiltinESMExports();
    };
  }

  private delay(milliseconds: number, value: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const cancel = this.afterInProcess(milliseconds, () => resolve(value));
      signal?.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
    });
  }

  private sync(file: number, done: (error: Error | null) => void): void {
    const end = this.disk.beginSync(file);
    this.moment();
    this.afterInProcess(this.random.between(0, this.random.chance(0.1) ? 500 : 5), () => done(end()));
  }

  private add(milliseconds: number, rank: number, ofProcess: boolean, run: () => void): () => void {
    const task = { at: this.time + Math.max(0, milliseconds), rank, ofProcess, run };
    this.tasks.push(task);
    return () => {
      this.tasks = this.tasks.filter((one) => one !== task);
    };
  }

  private take(): Task | undefined {
    const [first, ...others] = this.tasks;
    if (first === undefined) return undefined;
    const next = others.reduce((earliest, one) => (comesBefore(one, earliest) ? one : earliest), first);
    this.tasks.splice(this.tasks.indexOf(next), 1);
    return next;
  }
}

/** Node keeps a signal of its own `any` for ever while somebody listens to it, as one does in a process that died. */
function any(signals: Iterable<AbortSignal>): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', () => controller.abort(signal.reason));
  }
  return controller.signal;
}

function comesBefore(one: Task, other: Task): boolean {
  return one.at === other.at ? one.rank < other.rank : one.at < other.at;
}
