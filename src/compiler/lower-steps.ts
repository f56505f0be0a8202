import type { ActionStep, PlanArm, PlanBlock, PlanStep } from '../generated/plan.ts';
import { milliseconds } from '../plan/duration.ts';
import type { CheckedAutomation } from './check-automation.ts';
import type { StepConnections } from './context.ts';
import { lowerMappings } from './lower-mappings.ts';
import type { ArmNode, BlockNode, StepNode } from './step-tree.ts';

const DEFAULT_TIMEOUT = '2m';
const DEFAULT_ATTEMPTS = 6;

/** The steps of a plan: all defaults filled in, each with what was found of its mappings. */
export function lowerSteps(
  nodes: readonly StepNode[],
  checked: CheckedAutomation,
  connections: StepConnections,
): PlanStep[] {
  return nodes.map((node) => lowerStep(node, checked, connections));
}

function lowerStep(node: StepNode, checked: CheckedAutomation, connections: StepConnections): PlanStep {
  const { step, body, onError } = node;
  const mappings = lowerMappings(checked.flow.mappings.get(node));
  const end = { id: step.id, ...(step.if === undefined ? {} : { if: step.if }) };
  const common = { ...end, ...(onError === undefined ? {} : { on_error: lowerSteps(onError, checked, connections) }) };
  const block = (inner: BlockNode): PlanBlock => lowerBlock(inner, checked, connections);
  switch (body.kind) {
    case 'action':
      return { kind: 'action', ...common, ...lowerAction(node, checked, connections), mappings };
    case 'set':
      return { kind: 'set', ...common, set: body.set, mappings };
    case 'switch':
      return { kind: 'switch', ...common, arms: body.arms.map((arm) => lowerArm(arm, block)) };
    case 'for_each': {
      const { as = 'item', index, parallel = 1 } = step;
      const names = { as, ...(index === undefined ? {} : { index }) };
      return { kind: 'for_each', ...common, items: body.items, ...names, parallel, block: block(body.block) };
    }
    case 'branches': {
      const branches = Object.fromEntries(body.branches.map(({ name, block: inner }) => [name, block(inner)]));
      return { kind: 'branches', ...common, branches };
    }
    case 'stop':
      return { kind: 'stop', ...end, ...(body.output === undefined ? {} : { output: body.output }), mappings };
    case 'fail':
      return { kind: 'fail', ...end, message: body.message };
  }
}

function lowerAction(
  node: StepNode,
  { actions }: CheckedAutomation,
  connections: StepConnections,
): Omit<ActionStep, 'kind' | 'id' | 'mappings'> {
  const { step } = node;
  const resolved = actions.get(node);
  const connection = connections.get(node);
  if (resolved === undefined) throw new TypeError(`the step ${step.id} has no action, and its automation no error`);
  const { service, name, action } = resolved;
  return {
    connector: service,
    action: name,
    ...(connection === undefined ? {} : { connection }),
    effect: action.effect,
    ...(action.effect === 'write' ? { if_uncertain: step.if_uncertain ?? 'ask' } : {}),
    with: step.with ?? {},
    timeout_ms: milliseconds(step.timeout ?? DEFAULT_TIMEOUT),
    retry: { attempts: step.retry?.attempts ?? DEFAULT_ATTEMPTS },
  };
}

function lowerArm({ condition, block }: ArmNode, lower: (block: BlockNode) => PlanBlock): PlanArm {
  return { ...(condition === undefined ? {} : { if: condition }), block: lower(block) };
}

function lowerBlock(block: BlockNode, checked: CheckedAutomation, connections: StepConnections): PlanBlock {
  return {
    steps: lowerSteps(block.steps, checked, connections),
    ...(block.output === undefined ? {} : { output: block.output }),
    mappings: lowerMappings(checked.flow.mappings.get(block)),
  };
}
