import type {
  AttemptCall,
  AutomationCall,
  Durable,
  PageCall,
  TimedCall,
  TimedEnd,
  WaitCall,
} from '../../src/engine/durable.ts';
import type { Json } from '../../src/json/value.ts';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import { calledOutcome, startedOutcome } from '../../src/engine/perform-call.ts';
import { pageOf } from '../../src/run/page.ts';
import type { AttemptKey, Instant, RunRecord } from '../../src/run/records.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import type { StorageOperation } from '../../src/run/storage-operation.ts';
import type { Harness, MakeHarness } from './harness.ts';
import { turn, type ManualClock } from './manual-clock.ts';

/** What the journal holds: it is only ever added to, and its order is all that a run finds its way by. */
type Entry = { run: string; key: AttemptKey } & (
  | { event: 'begun'; at: Instant }
  | { event: 'done'; at: Instant; outcome: Outcome; account?: string; change?: Change }
  | { event: 'sleep'; until: Instant }
  | { event: 'called'; called: RunRecord }
  | { event: 'waits'; begun: Instant; due?: Instant | undefined }
);

/** What a storage operation leaves under a key; `undefined`: nothing. */
interface Change {
  key: string;
  value: Json | undefined;
}

/** An append-only journal, which is the only thing that outlives a crash. */
class Journal {
  readonly entries: Entry[];
  private readonly listeners: (() => void)[] = [];

  constructor(entries: readonly Entry[] = []) {
    this.entries = [...entries];
  }

  /** Durable when it resolves; a crash before that loses the entry. */
  async append(make: () => Entry): Promise<Entry> {
    await turn();
    const entry = make();
    this.entries.push(entry);
    for (const tell of this.listeners.splice(0)) tell();
    return entry;
  }

  /** The entry that tells of the attempt's end, which somebody else appends. */
  async doneLater(run: string, key: AttemptKey): Promise<Entry> {
    for (;;) {
      const done = this.entries.find(
        (entry) => entry.event === 'done' && entry.run === run && nameOf(entry.key) === nameOf(key),
      );
      if (done !== undefined) return done;
      await new Promise<void>((resolve) => this.listeners.push(resolve));
    }
  }

  storageOf(account: string): Map<string, Json> {
    const storage = new Map<string, Json>();
    for (const entry of this.entries) {
      if (entry.event !== 'done' || entry.account !== account || entry.change === undefined) continue;
      const { key, value } = entry.change;
      if (value === undefined) storage.delete(key);
      else storage.set(key, value);
    }
    return storage;
  }
}

/** Executes a run again from its start: the n-th thing that it does is answered by the n-th entry, as long as there is one. */
class ReplayingDurable implements Durable {
  private readonly journal: Journal;
  private readonly run: RunRecord;
  private readonly clock: ManualClock;
  private readonly past: Entry[];
  private readonly begun = new Map<string, Instant>();
  private lastEnd: Instant = 0;
  /** Aborted when the time of a step around is over. */
  private deadline = new AbortController().signal;
  private doubt: Failure | undefined;

  constructor(journal: Journal, run: RunRecord, clock: ManualClock, page = '') {
    this.journal = journal;
    this.run = run;
    this.clock = clock;
    this.past = journal.entries.filter((entry) => entry.run === run.id && pageOf(entry.key.step) === page);
  }

  async attempt({ key, effect, repeatable, perform }: AttemptCall): Promise<Outcome> {
    const begun = this.replay('begun', key);
    if (begun?.event === 'begun') this.begun.set(nameOf(key), begun.at);
    const done = this.replay('done', key);
    if (done?.event === 'done') return this.noted(this.ended(done.at, done.outcome));
    this.expectNoPast(key);
    this.deadline.throwIfAborted();
    const since = this.begun.get(nameOf(repeatable?.since ?? key));
    if (since !== undefined && this.clock.now() - since > (repeatable?.forMs ?? -1))
      return this.noted(await this.end(key, uncertain));
    if (effect === 'write' && begun === undefined) await this.begin(key);
    const outcome = await perform(this.deadline, () => Promise.resolve());
    return this.noted(await this.end(key, outcome));
  }

  private noted(outcome: Outcome): Outcome {
    this.doubt = !outcome.ok && outcome.failure.class === 'uncertain' ? outcome.failure : undefined;
    return outcome;
  }

  async page({ key, perform }: PageCall): Promise<Outcome | undefined> {
    const done = this.replay('done', key);
    if (done?.event === 'done') return this.ended(done.at, done.outcome);
    this.expectNoPast(key);
    const outcome = await perform(new ReplayingDurable(this.journal, this.run, this.clock, key.step));
    return outcome && this.end(key, outcome);
  }

  async timed<T>({ key, forMs, perform, over }: TimedCall<T>): Promise<TimedEnd<T>> {
    const { id: run } = this.run;
    let entry = this.replay('waits', key);
    if (entry === undefined) {
      this.expectNoPast(key);
      entry = await this.journal.append(() => ({ run, key, event: 'waits', begun: this.clock.now() }));
    }
    const isEnd = (one: Entry): boolean =>
      one.event === 'done' && one.key.step === key.step && one.key.attempt === key.attempt;
    const decided = this.past.find(isEnd);
    if (decided?.event === 'done' && !decided.outcome.ok) {
      this.past.splice(0, this.past.findIndex(isEnd) + 1);
      return { inTime: false, failure: decided.outcome.failure };
    }
    if (decided !== undefined) {
      const value = await perform(this);
      this.replay('done', key);
      return { inTime: true, value };
    }
    const deadline = (entry.event === 'waits' ? entry.begun : 0) + forMs;
    const time = new AbortController();
    const ring = (): void => time.abort(new Error('its time is over'));
    if (this.clock.now() >= deadline) ring();
    else void this.clock.delay(deadline - this.clock.now()).then(ring);
    const around = this.deadline;
    this.deadline = AbortSignal.any([around, time.signal]);
    try {
      const value = await perform(this);
      if (this.doubt !== undefined) return { inTime: true, value };
      if (!time.signal.aborted) {
        await this.end(key, { ok: true, output: null });
        return { inTime: true, value };
      }
    } catch (error) {
      if (error !== time.signal.reason) throw error;
      if (this.doubt !== undefined) return { inTime: false, failure: this.doubt };
    } finally {
      this.deadline = around;
    }
    const failure = over(deadline);
    await this.end(key, { ok: false, failure });
    return { inTime: false, failure };
  }

  /** What is waited for, unless the time is over before. */
  private inTime<T>(waited: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { deadline } = this;
    if (deadline.aborted) reject(deadline.reason);
    deadline.addEventListener('abort', () => reject(deadline.reason));
    waited.then(resolve, reject);
    return promise;
  }

  private async begin(key: AttemptKey): Promise<void> {
    const at = this.clock.now();
    await this.journal.append(() => ({ run: this.run.id, key, event: 'begun', at }));
    this.begun.set(nameOf(key), at);
  }

  async storage(key: AttemptKey, _input: Json, operation: StorageOperation): Promise<Outcome> {
    const done = this.replay('done', key);
    if (done?.event === 'done') return this.ended(done.at, done.outcome);
    this.expectNoPast(key);
    const { account } = this.run;
    let outcome: Outcome | undefined;
    await this.journal.append(() => {
      const result = performStorage(this.journal.storageOf(account), operation);
      outcome = result.outcome;
      return { run: this.run.id, key, event: 'done', at: this.clock.now(), account, ...result };
    });
    if (outcome === undefined) throw new Error('the journal kept nothing');
    return this.ended(this.clock.now(), outcome);
  }

  async sleep(key: AttemptKey, milliseconds: number): Promise<void> {
    let entry = this.replay('sleep', key);
    if (entry === undefined) {
      this.expectNoPast(key);
      const until = this.lastEnd + milliseconds;
      entry = await this.journal.append(() => ({ run: this.run.id, key, event: 'sleep', until }));
    }
    if (entry.event === 'sleep' && entry.until > this.clock.now())
      await this.inTime(this.clock.delay(entry.until - this.clock.now()));
  }

  async call(call: AutomationCall): Promise<Outcome> {
    const { key, waits } = call;
    const { id: run, account } = this.run;
    if (this.replay('called', key) === undefined) {
      this.expectNoPast(key);
      const { automation, plan, trigger } = call;
      const parent = { run, step: key.step };
      const id = calledRunId(run, key.step);
      const called: RunRecord = { id, account, automation, plan, trigger, parent, status: 'queued', createdAt: 0 };
      await this.journal.append(() => ({ run, key, event: 'called', called }));
    }
    if (!waits) return startedOutcome(calledRunId(run, key.step));
    const done = this.replay('done', key) ?? (await this.inTime(this.journal.doneLater(run, key)));
    if (done.event !== 'done') throw new Error('the journal holds something else');
    return this.ended(done.at, done.outcome);
  }

  async wait({ key, until, over }: WaitCall): Promise<Outcome> {
    const { id: run } = this.run;
    let entry = this.replay('waits', key);
    if (entry === undefined) {
      this.expectNoPast(key);
      const begun = this.clock.now();
      const decided = until(begun);
      entry = await this.journal.append(() => ({ run, key, event: 'waits', begun, due: decided }));
    }
    const due = entry.event === 'waits' ? entry.due : 0;
    const elsewhere = this.replay('done', key) ?? this.journal.doneLater(run, key);
    const timer = due === undefined ? undefined : this.clock.delay(due - this.clock.now());
    const done = await this.inTime(Promise.race([elsewhere, ...(timer === undefined ? [] : [timer])]));
    if (done?.event === 'done') return this.ended(done.at, done.outcome);
    return this.end(key, over(due ?? 0));
  }

  private async end(key: AttemptKey, outcome: Outcome): Promise<Outcome> {
    const at = this.clock.now();
    await this.journal.append(() => ({ run: this.run.id, key, event: 'done', at, outcome }));
    return this.ended(at, outcome);
  }

  private ended(at: Instant, outcome: Outcome): Outcome {
    this.lastEnd = at;
    return outcome;
  }

  private replay(event: Entry['event'], key: AttemptKey): Entry | undefined {
    const [next] = this.past;
    if (next?.event !== event || next.key.step !== key.step || next.key.attempt !== key.attempt) return undefined;
    return this.past.shift();
  }

  private expectNoPast({ step, attempt }: AttemptKey): void {
    const [next] = this.past;
    if (next === undefined) return;
    throw new Error(`the run came to attempt ${attempt} of ${step}, but its journal goes on with ${next.key.step}`);
  }
}

function nameOf({ step, attempt }: AttemptKey): string {
  return `${step} ${attempt}`;
}

const uncertain: Outcome = {
  ok: false,
  failure: { class: 'uncertain', code: 'interrupted', message: 'nobody can say whether it was done' },
};

function performStorage(
  storage: Map<string, Json>,
  operation: StorageOperation,
): { outcome: Outcome; change?: Change } {
  switch (operation.kind) {
    case 'get': {
      const value = storage.get(operation.key);
      return { outcome: success(value === undefined ? { found: false } : { found: true, value }) };
    }
    case 'set':
      return { outcome: success({ key: operation.key }), change: { key: operation.key, value: operation.value } };
    case 'increment': {
      const value = Number(storage.get(operation.key) ?? 0) + operation.by;
      return { outcome: success({ value }), change: { key: operation.key, value } };
    }
    default:
      throw new Error(`the test's engine has no ${operation.kind}`);
  }
}

function success(output: Json): Outcome {
  return { ok: true, output };
}

/** A small engine that executes a run again from its start, in the manner of Restate. */
export const replayingHarness: MakeHarness = (clock): Promise<Harness> => {
  let journal = new Journal();
  return Promise.resolve({
    resume: (run) => new ReplayingDurable(journal, run, clock),
    crash: () => {
      journal = new Journal(journal.entries);
    },
    // It tells nobody of anything before that is durable.
    settled: () => Promise.resolve(),
    called: (run) =>
      journal.entries.flatMap((one) => (one.event === 'called' && one.run === run.id ? [one.called] : [])),
    end: async (called, result) => {
      const { run = '', step = '' } = called.parent ?? {};
      const outcome = calledOutcome({ ...called, ...result });
      await journal.append(() => ({ run, key: { step, attempt: 1 }, event: 'done', at: clock.now(), outcome }));
    },
    answer: async ({ id: run }, key, outcome) => {
      await journal.append(() => ({ run, key, event: 'done', at: clock.now(), outcome }));
    },
    retry: ({ id: run }, forgotten) => {
      const isForgotten = (entry: Entry): boolean =>
        entry.run === run && forgotten.some((key) => nameOf(key) === nameOf(entry.key));
      journal = new Journal(
        journal.entries.flatMap((entry) => {
          if (!isForgotten(entry)) return [entry];
          // A step with a time begins where it began, before what is kept of it.
          return entry.event === 'waits' && entry.key.attempt === 0 ? [{ ...entry, begun: clock.now() }] : [];
        }),
      );
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
};
