import type { Plan, PlanAction, PlanConnector, PlanStep } from '../generated/plan.ts';
import { parsePointer } from '../json/pointer.ts';
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
  /** What is checked before the call. */
  guards: { path: string[]; check: SchemaCheck }[];
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
  const guards = step.mappings.flatMap(({ to, guard }) =>
    guard === undefined ? [] : [{ path: parsePointer(to), check: compileSchema(guard) }],
  );
  return { step, connector, action, input: compileTemplate(step.with), guards };
}
