import type {
  ActionStep,
  CallStep,
  Mapping,
  Plan,
  PlanAction,
  PlanBlock,
  PlanConcurrency,
  PlanConnector,
  PlanStep,
  PlanWait,
} from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileSchema } from '../json/schema.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';
import { milliseconds } from '../plan/duration.ts';
import { limitsOf, type LimitsOfCall } from './limits.ts';
import type { StepInput } from './step-input.ts';

/** A plan with everything compiled that a run evaluates. */
export interface PreparedPlan extends PreparedBlock {
  plan: Plan;
  concurrency: PreparedConcurrency | undefined;
}

export interface PreparedConcurrency extends Pick<PlanConcurrency, 'limit' | 'policy'> {
  key: Evaluator | undefined;
}

export interface PreparedBlock {
  steps: PreparedStep[];
  output: Evaluator | undefined;
}

export interface PreparedStep {
  id: string;
  condition: Evaluator | undefined;
  /** Within which the step as a whole, each try of it, must end; an action says it of each attempt instead. */
  timeoutMs: number | undefined;
  /** How often the step as a whole is tried, where that is more than once; an action has attempts instead. */
  tries: number | undefined;
  onError: PreparedStep[] | undefined;
  body: PreparedBody;
}

export type PreparedBody =
  | PreparedAction
  | PreparedCall
  | PreparedWait
  | { kind: 'set'; value: Evaluator }
  | { kind: 'switch'; arms: { condition: Evaluator | undefined; block: PreparedBlock }[] }
  | PreparedLoop
  | { kind: 'branches'; branches: (readonly [string, PreparedBlock])[] }
  | { kind: 'stop'; output: Evaluator | undefined }
  | { kind: 'fail'; message: Evaluator };

export interface PreparedAction extends StepInput {
  kind: 'action';
  step: ActionStep;
  connector: PlanConnector;
  action: PlanAction;
  limits: LimitsOfCall;
  /** For how many milliseconds the service knows a key under which it does the write once; where it takes one. */
  keyForMs: number | undefined;
}

export interface PreparedCall extends StepInput {
  kind: 'call';
  step: CallStep;
}

/** `text`: the instant, or the message. */
export interface PreparedWait {
  kind: 'wait';
  wait: PlanWait;
  text: Evaluator | undefined;
}

export interface PreparedLoop {
  kind: 'for_each';
  items: Evaluator;
  as: string;
  index: string | undefined;
  /** Items at a time. */
  parallel: number;
  /** An item that fails does not keep the others from going on. */
  collects: boolean;
  block: PreparedBlock;
}

/** Compiles a plan once; many runs use it. */
export function preparePlan(plan: Plan): PreparedPlan {
  const { concurrency } = plan;
  return {
    plan,
    steps: prepareSteps(plan, plan.steps),
    output: optional(plan.output),
    concurrency: concurrency && { ...concurrency, key: optional(concurrency.key) },
  };
}

function prepareSteps(plan: Plan, steps: readonly PlanStep[]): PreparedStep[] {
  return steps.map((step) => ({
    id: step.id,
    condition: optional(step.if),
    timeoutMs: step.kind !== 'action' && 'timeout_ms' in step ? step.timeout_ms : undefined,
    tries: triesOf(step),
    onError: 'on_error' in step && step.on_error !== undefined ? prepareSteps(plan, step.on_error) : undefined,
    body: prepareBody(plan, step),
  }));
}

function triesOf(step: PlanStep): number | undefined {
  const attempts = step.kind !== 'action' && 'retry' in step ? step.retry?.attempts : undefined;
  return attempts === 1 ? undefined : attempts;
}

function prepareBody(plan: Plan, step: PlanStep): PreparedBody {
  const block = (inner: PlanBlock): PreparedBlock => ({
    steps: prepareSteps(plan, inner.steps),
    output: optional(inner.output),
  });
  switch (step.kind) {
    case 'action':
      return prepareAction(plan, step);
    case 'call':
      return { kind: 'call', step, ...prepareInput(step.with ?? {}, step.mappings, step.input ?? {}) };
    case 'wait':
      return { kind: 'wait', wait: step.wait, text: optional(textOfWait(step.wait)) };
    case 'set':
      return { kind: 'set', value: compileTemplate(step.set) };
    case 'switch':
      return {
        kind: 'switch',
        arms: step.arms.map((arm) => ({ condition: optional(arm.if), block: block(arm.block) })),
      };
    case 'for_each': {
      const { as, index, parallel } = step;
      const collects = step.on_item_error === 'collect';
      return {
        kind: 'for_each',
        items: compileTemplate(step.items),
        as,
        index,
        parallel,
        collects,
        block: block(step.block),
      };
    }
    case 'branches':
      return {
        kind: 'branches',
        branches: Object.entries(step.branches).map(([name, inner]) => [name, block(inner)] as const),
      };
    case 'stop':
      return { kind: 'stop', output: optional(step.output) };
    case 'fail':
      return { kind: 'fail', message: compileTemplate(step.message) };
  }
}

function prepareAction(plan: Plan, step: ActionStep): PreparedAction {
  const connector = plan.connectors[step.connector];
  const action = connector?.actions[step.action];
  if (connector === undefined || action === undefined)
    throw new TypeError(`the plan lacks ${step.connector}.${step.action}`);
  const { idempotency } = action;
  return {
    kind: 'action',
    step,
    connector,
    action,
    ...prepareInput(step.with, step.mappings, action.input),
    limits: limitsOf(plan, step),
    keyForMs: idempotency === undefined ? undefined : milliseconds(idempotency.lifetime),
  };
}

function prepareInput(template: JsonObject, mappings: readonly Mapping[], schema: JsonObject): StepInput {
  const guarded = mappings.some((mapping) => mapping.guarded === true);
  return { input: compileTemplate(template), guard: guarded ? compileSchema(schema) : undefined };
}

function textOfWait(wait: PlanWait): string | undefined {
  if (wait.kind === 'instant') return wait.until;
  return wait.kind === 'approval' ? wait.message : undefined;
}

function optional(template: Json | undefined): Evaluator | undefined {
  return template === undefined ? undefined : compileTemplate(template);
}
