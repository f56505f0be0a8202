import type { TracedStep } from '../../engine/trace.ts';
import type { Plan, PlanBlock, PlanStep } from '../../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';
import type { RunRecord } from '../../run/records.ts';
import { pathWithoutTries, stepIdOf, tryOf } from '../../run/try-path.ts';

/** A run as it went, read beside its plan. */
export class RunReading {
  readonly plan: Plan;
  readonly run: RunRecord;
  readonly traced: readonly TracedStep[];
  private readonly steps: ReadonlyMap<string, PlanStep>;
  private readonly byPath: ReadonlyMap<string, TracedStep>;

  /** Of what was tried again, only the last try is read: nothing outside sees another one. */
  constructor(plan: Plan, run: RunRecord, traced: readonly TracedStep[]) {
    this.plan = plan;
    this.run = run;
    this.traced = traced.filter(({ superseded }) => !superseded);
    this.steps = new Map(stepsWithin(plan.steps).map((step) => [step.id, step]));
    // Under the step's own path stands what all its tries came to.
    this.byPath = new Map(
      this.traced.filter((step) => !isLaterTry(step)).map((step) => [pathWithoutTries(step.path), step]),
    );
  }

  /** The step as the plan has it; ids are unique within a plan. */
  planned(id: string): PlanStep | undefined {
    return this.steps.get(id);
  }

  /** The step at a path, such as `each[2].send`, as the plan has it. */
  plannedAt(path: string): PlanStep | undefined {
    return this.planned(stepIdOf(path));
  }

  /** The step whose output an expression at the path reads as `steps.<id>`. */
  stepSeenFrom(path: string, id: string): TracedStep | undefined {
    for (const prefix of prefixesOf(path).toReversed()) {
      const found = this.byPath.get(prefix + id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What expressions at the path see. */
  scopeAt(path: string): JsonObject {
    const { plan, run } = this;
    const prefixes = prefixesOf(path);
    const steps: JsonObject = {};
    for (const { path: other, step, end } of this.byPath.values()) {
      const plain = pathWithoutTries(other);
      const visible = prefixes.includes(plain.slice(0, plain.length - step.id.length));
      if (visible && end?.kind === 'done' && end.output !== undefined) steps[step.id] = end.output;
    }
    return {
      trigger: run.trigger,
      account: { ...plan.context },
      ...(plan.settings === undefined ? {} : { settings: plan.settings }),
      run: { id: run.id },
      steps,
      ...Object.assign({}, ...prefixes.slice(1).map((prefix) => this.namesOfTurn(prefix))),
    };
  }

  /** The item, and its place, of the turn of a loop: `prefix` is such as `each[2].`. */
  private namesOfTurn(prefix: string): JsonObject {
    const [, loop = '', turn = ''] = /^(.*)\[(\d+)\]\.$/.exec(prefix) ?? [];
    const step = this.plannedAt(loop);
    if (step?.kind !== 'for_each') return {};
    const items = compileTemplate(step.items)(this.scopeAt(loop));
    const item = Array.isArray(items) ? items[Number(turn)] : undefined;
    return {
      ...(item === undefined ? {} : { [step.as]: item }),
      ...(step.index === undefined ? {} : { [step.index]: Number(turn) }),
    };
  }
}

/** Nothing that anyone could have meant: absent, null, or without content. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** A row for a later try of a step, such as `route~2`. */
export function isLaterTry({ path }: TracedStep): boolean {
  return tryOf(path).number > 1;
}

/** `each[2].inner[0].send` → ``, `each[2].`, `each[2].inner[0].`, in whichever try. */
function prefixesOf(path: string): string[] {
  const plain = pathWithoutTries(path);
  return ['', ...[...plain.matchAll(/\[\d+\]\./g)].map(({ 0: turn, index }) => plain.slice(0, index + turn.length))];
}

function stepsWithin(steps: readonly PlanStep[]): PlanStep[] {
  return steps.flatMap((step) => [step, ...blocksOf(step).flatMap((inner) => stepsWithin(inner))]);
}

function blocksOf(step: PlanStep): readonly PlanStep[][] {
  const handler = 'on_error' in step && step.on_error !== undefined ? [step.on_error] : [];
  const inner = (blocks: readonly PlanBlock[]): PlanStep[][] => [...blocks.map(({ steps }) => steps), ...handler];
  switch (step.kind) {
    case 'switch':
      return inner(step.arms.map(({ block }) => block));
    case 'for_each':
      return inner([step.block]);
    case 'branches':
      return inner(Object.values(step.branches));
    default:
      return handler;
  }
}
