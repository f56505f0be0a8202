import type { ActionStep, Plan, PlanAction, PlanBlock, PlanConnector, PlanStep } from '../generated/plan.ts';
import type { Json } from '../json/value.ts';
import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';

import { milliseconds } from '../plan/duration.ts';
import { limitsOf, type CallLimit } from './limits.ts';

/** A plan with everything compiled that a run evaluates. */
export interface PreparedPlan extends PreparedBlock {
  plan: Plan;
}

export interface PreparedBlock {
  steps: PreparedStep[];
  output: Evaluator | undefined;
}

export interface PreparedStep {
  id: string;
  condition: Evaluator | undefined;
  onError: PreparedStep[] | undefined;
  body: PreparedBody;
}

export type PreparedBody =
  | PreparedAction
  | { kind: 'set'; value: Evaluator }
  | { kind: 'switch'; arms: { condition: Evaluator | undefined; block: PreparedBlock }[] }
  | PreparedLoop
  | { kind: 'branches'; branches: (readonly [string, PreparedBlock])[] }
  | { kind: 'stop'; output: Evaluator | undefined }
  | { kind: 'fail'; message: Evaluator };

export interface PreparedAction {
  kind: 'action';
  step: ActionStep;
  connector: PlanConnector;
  action: PlanAction;
  input: Evaluator;
  /** The check of the whole input before the call, where a mapping is guarded. */
  guard: SchemaCheck | undefined;
  limits: CallLimit[];
  /** For how many milliseconds the service knows a key under which it does the write once; where it takes one. */
  keyForMs: number | undefined;
}

export interface PreparedLoop {
  kind: 'for_each';
  items: Evaluator;
  as: string;
  index: string | undefined;
  /** Items at a time. */
  parallel: number;
  block: PreparedBlock;
}

/** Compiles a plan once; many runs use it. */
export function preparePlan(plan: Plan): PreparedPlan {
  return { plan, steps: prepareSteps(plan, plan.steps), output: optional(plan.output) };
}

function prepareSteps(plan: Plan, steps: readonly PlanStep[]): PreparedStep[] {
  return steps.map((step) => ({
    id: step.id,
    condition: optional(step.if),
    onError: 'on_error' in step && step.on_error !== undefined ? prepareSteps(plan, step.on_error) : undefined,
    body: prepareBody(plan, step),
  }));
}

function prepareBody(plan: Plan, step: PlanStep): PreparedBody {
  const block = (inner: PlanBlock): PreparedBlock => ({
    steps: prepareSteps(plan, inner.steps),
    output: optional(inner.output),
  });
  switch (step.kind) {
    case 'action':
      return prepareAction(plan, step);
    case 'set':
      return { kind: 'set', value: compileTemplate(step.set) };
    case 'switch':
      return {
        kind: 'switch',
        arms: step.arms.map((arm) => ({ condition: optional(arm.if), block: block(arm.block) })),
      };
    case 'for_each': {
      const { as, index, parallel } = step;
      return { kind: 'for_each', items: compileTemplate(step.items), as, index, parallel, block: block(step.block) };
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
  const guarded = step.mappings.some((mapping) => mapping.guarded === true);
  const guard = guarded ? compileSchema(action.input) : undefined;
  const { idempotency } = action;
  return {
    kind: 'action',
    step,
    connector,
    action,
    input: compileTemplate(step.with),
    guard,
    limits: limitsOf(plan, step),
    keyForMs: idempotency === undefined ? undefined : milliseconds(idempotency.lifetime),
  };
}

function optional(template: Json | undefined): Evaluator | undefined {
  return template === undefined ? undefined : compileTemplate(template);
}
