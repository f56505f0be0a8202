import type { Outcome } from '../run/failure.ts';
import type { AttemptKey, AttemptRecord, RunRecord } from '../run/records.ts';
import { loopOfPage, pageOf } from '../run/page.ts';
import { prefixInTry, tryPath } from '../run/try-path.ts';
import type { AttemptCall, AutomationCall, Durable, PageCall, TimedCall, TimedEnd, WaitCall } from './durable.ts';
import { interpretPlan, type StepEnd } from './interpret.ts';
import { againOf, type Again } from './pause-before-try.ts';
import type { PreparedPlan, PreparedStep } from './prepared-plan.ts';
import { startTimeout } from './timeout.ts';

/** One step of a run as it went, each turn of a loop, and each later try of a step, by itself. */
export interface TracedStep {
  /** Such as `each[2].send`; of a later try, such as `route~2`. */
  path: string;
  step: PreparedStep;
  /** How many steps stand around it. */
  depth: number;
  begun: boolean;
  /**
   * Absent while it is under way and where it was not reached; `not_taken`: the run went another way. What stands under the
   * step's own path is the end of all its tries.
   */
  end: StepEnd | { kind: 'not_taken' } | undefined;
  attempts: AttemptRecord[];
  /** Of a step with a time within which it must end: when it began, and whether it did. */
  timed: AttemptRecord | undefined;
  /** Of a long loop: its pages, in order. */
  pages: AttemptRecord[];
  /** Of a later try of a step. */
  again: Again | undefined;
  /** It stands in a try after which there was another one: nothing of it counts any more. */
  superseded: boolean;
}

/**
 * What a run did, step by step: the plan interpreted once more on its journal alone. All that is not a call is a pure
 * function of what the journal holds, so it comes out as it was. Of a page whose attempts are not among those that are given,
 * nothing is told but what came of it.
 */
export async function traceRun(
  prepared: PreparedPlan,
  run: RunRecord,
  attempts: readonly AttemptRecord[],
): Promise<TracedStep[]> {
  const observed = new Map<string, { step: PreparedStep; end: StepEnd | undefined }>();
  try {
    await interpretPlan(prepared, run, new Journal(attempts), NO_SERVICES, (path, step, end) => {
      observed.set(path, { step, end });
    });
  } catch (error) {
    if (!(error instanceof NotReached)) throw error;
  }
  const traced: TracedStep[] = [];
  const turns = turnsOf(observed.keys());
  const own = Map.groupBy(attempts, ({ key }) => key.step);
  const pages = Map.groupBy(attempts, ({ key }) => loopOfPage(key.step));
  const add = (path: string, step: PreparedStep, { depth, passed, superseded }: Surroundings): void => {
    const seen = observed.get(path);
    const end = seen === undefined ? (passed ? ({ kind: 'not_taken' } as const) : undefined) : seen.end;
    const made = own.get(path) ?? [];
    const pause = made.find(({ key }) => key.attempt < 0);
    traced.push({
      path,
      step,
      depth,
      begun: seen !== undefined,
      end,
      attempts: made.filter(({ key }) => key.attempt > 0),
      timed: made.find(({ key }) => key.attempt === 0),
      pages: pages.get(path) ?? [],
      again: pause && againOf(pause),
      superseded,
    });
  };
  const walk = (steps: readonly PreparedStep[], prefix: string, around: Surroundings): void => {
    for (const step of steps) {
      const path = prefix + step.id;
      const ended = around.passed || observed.get(path)?.end !== undefined;
      for (let number = 1, own = path; number === 1 || observed.has(own); own = tryPath(path, ++number)) {
        const isOver = observed.has(tryPath(path, number + 1));
        const passed = ended || isOver;
        const superseded = around.superseded || isOver;
        add(own, step, around);
        for (const [inner, at] of innerSteps(step, own, number === 1 ? prefix : prefixInTry(own), turns))
          walk(inner, at, { depth: around.depth + 1, passed, superseded });
      }
      walk(step.onError ?? [], prefix, { ...around, depth: around.depth + 1, passed: ended });
    }
  };
  walk(prepared.steps, '', { depth: 0, passed: false, superseded: false });
  return traced;
}

/** What is known of the steps around one. */
interface Surroundings {
  depth: number;
  /** The run has gone on. */
  passed: boolean;
  superseded: boolean;
}

/** The steps within a try of a step, each list with its prefix; `prefix` is that of the steps in an arm or a branch. */
function innerSteps(
  { body }: PreparedStep,
  path: string,
  prefix: string,
  turns: ReadonlyMap<string, ReadonlySet<number>>,
): (readonly [PreparedStep[], string])[] {
  switch (body.kind) {
    case 'switch':
      return body.arms.map(({ block }) => [block.steps, prefix] as const);
    case 'branches':
      return body.branches.map(([, block]) => [block.steps, prefix] as const);
    case 'for_each': {
      const inOrder = [...(turns.get(path) ?? [])].toSorted((left, right) => left - right);
      return inOrder.map((turn) => [body.block.steps, `${path}[${turn}].`] as const);
    }
    default:
      return [];
  }
}

/** The turns of each loop that were begun, by the loop's path. */
function turnsOf(paths: Iterable<string>): ReadonlyMap<string, ReadonlySet<number>> {
  const turns = new Map<string, Set<number>>();
  for (const path of paths) {
    for (const { index, 1: turn } of path.matchAll(/\[(\d+)\]\./g)) {
      const loop = path.slice(0, index);
      turns.set(loop, (turns.get(loop) ?? new Set()).add(Number(turn)));
    }
  }
  return turns;
}

/** Ends the interpretation where the journal ends. */
class NotReached extends Error {}

class Journal implements Durable {
  private readonly attempts: ReadonlyMap<string, AttemptRecord>;
  private readonly pages: ReadonlySet<string>;

  constructor(attempts: readonly AttemptRecord[]) {
    this.attempts = new Map(attempts.map((attempt) => [nameOf(attempt.key), attempt]));
    this.pages = new Set(attempts.map(({ key }) => pageOf(key.step)));
  }

  attempt({ key }: AttemptCall): Promise<Outcome> {
    return this.outcomeOf(key);
  }

  storage(key: AttemptKey): Promise<Outcome> {
    return this.outcomeOf(key);
  }

  async sleep({ step, attempt }: AttemptKey): Promise<void> {
    await this.outcomeOf({ step, attempt: attempt + 1 });
  }

  call({ key }: AutomationCall): Promise<Outcome> {
    return this.outcomeOf(key);
  }

  wait({ key }: WaitCall): Promise<Outcome> {
    return this.outcomeOf(key);
  }

  async page({ key, perform }: PageCall): Promise<Outcome | undefined> {
    if (!this.pages.has(key.step)) return this.outcomeOf(key);
    return (await this.asFarAsItGoes(() => perform(this))) ?? this.outcomeOf(key);
  }

  async timed<T>({ key, perform }: TimedCall<T>): Promise<TimedEnd<T>> {
    const outcome = this.attempts.get(nameOf(key))?.outcome;
    if (outcome?.ok !== false) return { inTime: true, value: await perform(this) };
    await this.asFarAsItGoes(() => perform(this));
    return { inTime: false, failure: outcome.failure };
  }

  private async asFarAsItGoes<T>(perform: () => Promise<T>): Promise<T | undefined> {
    try {
      return await perform();
    } catch (error) {
      if (error instanceof NotReached) return undefined;
      throw error;
    }
  }

  private outcomeOf(key: AttemptKey): Promise<Outcome> {
    const outcome = this.attempts.get(nameOf(key))?.outcome;
    return outcome === undefined ? Promise.reject(new NotReached()) : Promise.resolve(outcome);
  }
}

function nameOf({ step, attempt }: AttemptKey): string {
  return `${step}#${attempt}`;
}

const NO_SERVICES = {
  caller: { call: () => Promise.reject(new NotReached()) },
  credentials: { credential: () => Promise.reject(new NotReached()) },
  random: () => 0,
  timeout: startTimeout,
};
