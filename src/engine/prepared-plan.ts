import type { Plan, PlanAction, PlanConnector, PlanStep } from '../generated/plan.ts';
import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';

/** A plan with everything compiled that a run evaluates. */
export interface PreparedPlan {
  plan: Plan;
  steps: PreparedStep[];
  output: Evaluator | undefined;
}

export interface PreparedStep {
  step: PlanStep;
  connector: PlanConnector;
  action: PlanAction;
  input: Evaluator;
  /** The check of the whole input before the call, where a mapping is guarded. */
  guard: SchemaCheck | undefined;
}

/** Compiles a plan once; many runs use it. */
export function preparePlan(plan: Plan): PreparedPlan {
  return {
    plan,
    steps: plan.steps.map((step) => prepareStep(plan, step)),
    output: plan.output === undefined ? undefined : compileTemplate(plan.output),
  };
}

function prepareStep(plan: Plan, step: PlanStep): PreparedStep {
  const connector = plan.connectors[step.connector];
  const action = connector?.actions[step.action];
  if (connector === undefined || action === undefined)
    throw new TypeError(`the plan lacks ${step.connector}.${step.action}`);
  const guarded = step.mappings.some((mapping) => mapping.guarded === true);
  const guard = guarded ? compileSchema(action.input) : undefined;
  return { step, connector, action, input: compileTemplate(step.with), guard };
}
