import type { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { loopOfPage } from '../../src/run/page.ts';
import type { AttemptRecord, RunRecord, RunSummary } from '../../src/run/records.ts';
import type { Store } from '../../src/store/store.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';

/** So long after a doubt, in milliseconds, whatever the service will do is done. */
const DOUBT_MS = 120_000;

/**
 * People, and what comes from elsewhere: events are sent, doubts are settled by a look at the service, accounts paused, and
 * failed runs retried. What the service refuses it always refuses, so these come to the same end.
 */
export class Operator {
  /** Faults are over: what is paused goes on. */
  calm = false;
  doubts = 0;
  retries = 0;
  private readonly random: Random;
  private readonly ledger: Ledger;
  private readonly machine: Machine;
  private readonly told: (error: unknown) => void;
  private readonly seen = new Map<string, number>();

  constructor(random: Random, ledger: Ledger, machine: Machine, told: (error: unknown) => void) {
    this.random = random;
    this.ledger = ledger;
    this.machine = machine;
    this.told = told;
  }

  /** `runs`: all that there are. */
  async look(
    { engine, store }: { engine: EmbeddedEngine; store: Store },
    runs: readonly RunSummary[],
    now: number,
  ): Promise<void> {
    for (const { account } of store.pauses.list())
      if (this.calm || this.random.chance(0.3)) await engine.unpause(account, undefined);
    const [first] = runs;
    if (!this.calm && first !== undefined && this.random.chance(0.05)) await engine.pause(first.account, undefined);
    for (const { id, status } of runs)
      if (status === 'waiting') await this.answer(whole(store, id), engine, store, now);
    for (const { id, status } of runs) if (status === 'uncertain') await this.settle(whole(store, id), engine, store);
    if (!this.calm) await this.retry(engine, runs);
  }

  /** What was called goes on with its caller. */
  private async retry(engine: EmbeddedEngine, runs: readonly RunSummary[]): Promise<void> {
    for (const run of runs)
      if (run.status === 'failed' && run.parent === undefined && this.random.chance(0.1))
        if ((await engine.retry(run)) === undefined) this.retries += 1;
  }

  /** What expires is answered about when it does. */
  private async answer(run: RunRecord, engine: EmbeddedEngine, store: Store, now: number): Promise<void> {
    for (const { key, input, sleepUntil } of openAttempts(store, run.id)) {
      if (JSON.stringify(input) !== '{"event":"awaited"}' || !this.random.chance(0.5)) continue;
      const answer = (): Promise<boolean> => engine.answer(run, key, { ok: true, output: {} });
      if (sleepUntil === undefined) await answer();
      else
        this.machine.afterInProcess(sleepUntil - now + this.random.between(-2, 12), () => {
          answer().catch((error: unknown) => this.told(error));
        });
    }
  }

  /** Nothing is said of a doubt before the service has surely done what it will do. */
  private async settle(run: RunRecord, engine: EmbeddedEngine, store: Store): Promise<void> {
    const { status, failure } = run;
    // Another doubt that was settled just now may have let it go on.
    if (status !== 'uncertain' || failure?.run !== undefined) return;
    const times = (this.seen.get(run.id) ?? 0) + 1;
    this.seen.set(run.id, times);
    if (times * 30_000 <= DOUBT_MS) return;
    this.seen.delete(run.id);
    const attempt = store.runs.attemptsOf(run.id, failure?.step ?? '').at(-1);
    if (attempt === undefined)
      throw new Error(`the run ${run.id} is uncertain, and no attempt is: ${JSON.stringify(failure)}`);
    this.doubts += 1;
    const reply = this.ledger.replyAt(`${run.id} ${attempt.key.step}`);
    const happened = reply?.status === 200 ? ({ ok: true, output: reply.output } as const) : undefined;
    await engine.reopen(run, attempt.key, happened);
  }
}

function whole(store: Store, id: string): RunRecord {
  const run = store.runs.get(id);
  if (run === undefined) throw new Error(`there is no run ${id}`);
  return run;
}

/** In the run's own journal, and in those of its pages. */
function openAttempts(store: Store, run: string, page = ''): AttemptRecord[] {
  return store.runs.attempts(run, page).flatMap((attempt) => {
    if (attempt.outcome !== undefined) return [];
    const { step } = attempt.key;
    return loopOfPage(step) === undefined ? [attempt] : openAttempts(store, run, step);
  });
}
