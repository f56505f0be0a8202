import type { Json, JsonObject } from '../json/value.ts';
import type { Evaluator } from '../language/evaluate.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { RunRecord } from '../run/records.ts';
import { prefixInTry } from '../run/try-path.ts';
import type { Durable } from './durable.ts';
import { evaluateAt } from './evaluate-at.ts';
import { brokenEnd, inOrder } from './in-order.ts';
import { pauseBeforeTry } from './pause-before-try.ts';
import { performCall, type CallEnd } from './perform-call.ts';
import { performLoop } from './perform-loop.ts';
import { performAction, type ActionRun, type Services } from './perform-action.ts';
import { performWait } from './perform-wait.ts';
import type { PreparedBlock, PreparedLoop, PreparedPlan, PreparedStep } from './prepared-plan.ts';

/** How a run ends. */
export type RunResult = { status: 'succeeded'; output?: Json } | { status: 'failed' | 'uncertain'; failure: Failure };

/** What a step came to, as it is told to who watches. */
export type StepEnd =
  | { kind: 'done'; output: Json | undefined }
  | { kind: 'skipped' }
  /** It failed, its steps of `on_error` were done, and the run goes on. */
  | { kind: 'handled'; failure: Failure }
  | { kind: 'stopped'; output: Json | undefined }
  | { kind: 'failed'; failure: Failure };

/**
 * Told of each step when it begins (`undefined`) and when it ends. `path` names it within the run: `each[2].send`. Of a step that
 * is tried again it is told of each later try too, under its own path (`run/try-path.ts`), from what is waited before it.
 */
export type StepObserver = (path: string, step: PreparedStep, end: StepEnd | undefined) => void;

/** What the expressions of some steps see. `steps` grows with each step that is done. */
interface Scope extends JsonObject {
  steps: JsonObject;
}

/**
 * Runs a plan on a durable engine. The same run interpreted again gets the same outcomes for what had finished, and its
 * expressions are pure, so it comes to where it was.
 */
export async function interpretPlan(
  prepared: PreparedPlan,
  run: RunRecord,
  durable: Durable,
  services: Services,
  observe: StepObserver = () => undefined,
): Promise<RunResult> {
  const { plan } = prepared;
  const { context, settings } = plan;
  const scope: Scope = {
    trigger: run.trigger,
    account: { ...context },
    ...(settings === undefined ? {} : { settings }),
    run: { id: run.id },
    steps: {},
  };
  const end = await new Interpretation({ plan, run, durable, services }, observe).block(prepared, '', scope, 'output');
  switch (end.kind) {
    case 'failed':
      return { status: end.failure.class === 'uncertain' ? 'uncertain' : 'failed', failure: end.failure };
    case 'done':
    case 'stopped':
      return { status: 'succeeded', ...(end.output === undefined ? {} : { output: end.output }) };
  }
}

type BlockEnd = Exclude<StepEnd, { kind: 'skipped' | 'handled' }>;

class Interpretation {
  private readonly context: ActionRun;
  private readonly observe: StepObserver;

  constructor(context: ActionRun, observe: StepObserver) {
    this.context = context;
    this.observe = observe;
  }

  /** `name`: what a failure of the block's output is said of. */
  async block({ steps, output }: PreparedBlock, path: string, scope: Scope, name: string): Promise<BlockEnd> {
    const end = await this.steps(steps, path, scope);
    if (end !== undefined) return end;
    return output === undefined ? { kind: 'done', output: undefined } : done(output, scope, name);
  }

  /** The end that a step brought about, or `undefined` where all are done. */
  private async steps(steps: readonly PreparedStep[], path: string, scope: Scope): Promise<BlockEnd | undefined> {
    for (const step of steps) {
      const place = path + step.id;
      const end = await this.step(step, place, path, scope);
      this.observe(place, step, end);
      if (end.kind === 'failed' || end.kind === 'stopped') return end;
      if (end.kind === 'done' && end.output !== undefined) scope.steps[step.id] = end.output;
    }
    return undefined;
  }

  /** The step, and where it fails, what is done then. */
  private step(step: PreparedStep, place: string, path: string, scope: Scope): StepEnd | Promise<StepEnd> {
    const { onError } = step;
    return onError === undefined
      ? this.attempt(step, place, path, scope)
      : this.handled(onError, step, place, path, scope);
  }

  private async handled(
    onError: readonly PreparedStep[],
    step: PreparedStep,
    place: string,
    path: string,
    scope: Scope,
  ): Promise<StepEnd> {
    const before = { ...scope.steps };
    const end = await this.attempt(step, place, path, scope);
    // Nobody knows what an uncertain step has done: that is for a person, not for the steps that handle failures.
    if (end.kind !== 'failed' || end.failure.class === 'uncertain') return end;
    const { code, message, step: failedStep = place } = end.failure;
    scope.steps = before;
    const handled = await this.steps(onError, path, {
      ...scope,
      error: { code, message, step: failedStep },
    });
    return handled ?? { kind: 'handled', failure: end.failure };
  }

  private attempt(step: PreparedStep, place: string, path: string, scope: Scope): StepEnd | Promise<StepEnd> {
    if (step.condition !== undefined) {
      const condition = evaluateAt(step.condition, scope, place);
      if (!condition.ok) return failed(condition.failure, place);
      if (condition.value !== true) return { kind: 'skipped' };
    }
    this.observe(place, step, undefined);
    return step.tries === undefined
      ? this.once(step, place, path, scope)
      : this.tried(step, step.tries, place, path, scope);
  }

  /** Tries the step until it does not fail, or may not be tried again. A new try does all of it anew. */
  private async tried(step: PreparedStep, tries: number, place: string, path: string, scope: Scope): Promise<BlockEnd> {
    const { durable, services } = this.context;
    const before = { ...scope.steps };
    let end = await this.once(step, place, path, scope);
    for (let number = 1; end.kind === 'failed'; number++) {
      const pause = pauseBeforeTry(end.failure, place, number, tries, () => services.random());
      if (pause === undefined) return end;
      const again = pause.key.step;
      this.observe(again, step, undefined);
      const waited = await durable.wait(pause);
      scope.steps = { ...before };
      end = waited.ok ? await this.once(step, again, prefixInTry(again), scope) : failed(waited.failure, again);
      this.observe(again, step, end);
      // The time of a step around was over.
      if (!waited.ok) return end;
    }
    return end;
  }

  private once(step: PreparedStep, place: string, path: string, scope: Scope): BlockEnd | Promise<BlockEnd> {
    return step.timeoutMs === undefined
      ? this.body(step, place, path, scope)
      : this.timed(step, step.timeoutMs, place, path, scope);
  }

  private async timed(step: PreparedStep, forMs: number, place: string, path: string, scope: Scope): Promise<BlockEnd> {
    const end = await this.context.durable.timed({
      key: { step: place, attempt: 0 },
      forMs,
      perform: async (durable) => this.on(durable).body(step, place, path, scope),
      over: () => ({
        class: 'permanent',
        code: 'step_timeout',
        message: `step ${place}: it did not end within ${forMs / 1000} s`,
        help: 'give the step a longer `timeout`, or say with `on_error` what is done then',
      }),
    });
    return end.inTime ? end.value : failed(end.failure, place);
  }

  /** The same run on another durable: that of a part of it. */
  private on(durable: Durable): Interpretation {
    return durable === this.context.durable ? this : new Interpretation({ ...this.context, durable }, this.observe);
  }

  private body({ body, id }: PreparedStep, place: string, path: string, scope: Scope): BlockEnd | Promise<BlockEnd> {
    switch (body.kind) {
      case 'action':
        return endOf(performAction(body, place, scope, this.context), place);
      case 'call':
        return endOf(performCall(body, place, scope, this.context.durable), place);
      case 'wait':
        return endOf(performWait(body, place, scope, this.context.durable), place);
      case 'set':
        return done(body.value, scope, place);
      case 'switch':
        return this.arms(body.arms, place, path, scope);
      case 'for_each':
        return this.loop(body, place, scope);
      case 'branches':
        return this.branches(body.branches, place, path, scope);
      case 'stop': {
        const end = body.output === undefined ? undefined : done(body.output, scope, place);
        return end?.kind === 'failed' ? end : { kind: 'stopped', output: end?.output };
      }
      case 'fail': {
        const message = evaluateAt(body.message, scope, place);
        if (!message.ok) return failed(message.failure, place);
        return failed(
          {
            class: 'permanent',
            code: 'fail_step',
            message: `step ${id}: ${typeof message.value === 'string' ? message.value : JSON.stringify(message.value)}`,
          },
          place,
        );
      }
    }
  }

  private async arms(
    arms: readonly { condition: Evaluator | undefined; block: PreparedBlock }[],
    place: string,
    path: string,
    scope: Scope,
  ): Promise<BlockEnd> {
    for (const { condition, block } of arms) {
      const met = condition === undefined ? undefined : evaluateAt(condition, scope, place);
      if (met?.ok === false) return failed(met.failure, place);
      if (met === undefined || met.value === true) return this.block(block, path, scope, place);
    }
    return { kind: 'done', output: undefined };
  }

  private async loop(loop: PreparedLoop, place: string, scope: Scope): Promise<BlockEnd> {
    const list = evaluateAt(loop.items, scope, place);
    if (!list.ok) return failed(list.failure, place);
    const items = Array.isArray(list.value) ? list.value : [];
    return performLoop(loop, place, items.length, this.context.durable, (durable, index) => {
      const names = { [loop.as]: items[index] ?? null, ...(loop.index === undefined ? {} : { [loop.index]: index }) };
      const own: Scope = { ...scope, ...names, steps: { ...scope.steps } };
      return this.on(durable).block(loop.block, `${place}[${index}].`, own, `${place}[${index}]`);
    });
  }

  private async branches(
    branches: readonly (readonly [string, PreparedBlock])[],
    place: string,
    path: string,
    scope: Scope,
  ): Promise<BlockEnd> {
    const scopes = branches.map((): Scope => ({ ...scope, steps: { ...scope.steps } }));
    const ends = await inOrder(branches.length, branches.length, async (index) => {
      const [branch, own] = [branches[index], scopes[index]];
      return branch === undefined || own === undefined
        ? { kind: 'done' as const, output: undefined }
        : this.block(branch[1], path, own, `${place}.${branch[0]}`);
    });
    const broken = brokenEnd<BlockEnd>(ends);
    if (broken !== undefined) return broken;
    Object.assign(scope.steps, ...scopes.map(({ steps }) => steps));
    const output: JsonObject = {};
    for (const [index, [name]] of branches.entries()) {
      const end = ends[index];
      if (end?.kind === 'done' && end.output !== undefined) output[name] = end.output;
    }
    return { kind: 'done', output };
  }
}

function done(evaluate: Evaluator, scope: Scope, place: string): Exclude<BlockEnd, { kind: 'stopped' }> {
  const evaluated = evaluateAt(evaluate, scope, place);
  return evaluated.ok ? { kind: 'done', output: evaluated.value } : failed(evaluated.failure, place);
}

async function endOf(performed: Promise<Outcome | CallEnd>, place: string): Promise<BlockEnd> {
  const outcome = await performed;
  return outcome.ok ? { kind: 'done', output: outcome.output } : failed(outcome.failure, place);
}

/** The innermost step that failed is the one that is named. */
function failed(failure: Failure, place: string): { kind: 'failed'; failure: Failure } {
  return { kind: 'failed', failure: { ...failure, step: failure.step ?? place } };
}
