import type { Retry, Wait } from '../generated/automation.ts';
import type { ActionStep, CallStep, PlanArm, PlanBlock, PlanRetry, PlanStep, PlanWait } from '../generated/plan.ts';
import { milliseconds } from '../plan/duration.ts';
import type { CheckedAutomation } from './check-automation.ts';
import type { StepConnections } from './context.ts';
import { lowerMappings } from './lower-mappings.ts';
import type { ArmNode, BlockNode, StepNode } from './step-tree.ts';

const DEFAULT_TIMEOUT = '2m';
const DEFAULT_ATTEMPTS = 6;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** What is known of an automation in an account. */
export interface Found {
  checked: CheckedAutomation;
  connections: StepConnections;
  /** The digest of the plan of an automation that its steps call. */
  digestOf: (automation: string) => string | undefined;
  /** The account's. */
  timezone: string;
}

/** The steps of a plan: all defaults filled in, each with what was found of its mappings. */
export function lowerSteps(nodes: readonly StepNode[], found: Found): PlanStep[] {
  return nodes.map((node) => lowerStep(node, found));
}

function lowerStep(node: StepNode, found: Found): PlanStep {
  const { step, body, onError } = node;
  const mappings = lowerMappings(found.checked.flow.mappings.get(node));
  const first = { id: step.id, ...(step.if === undefined ? {} : { if: step.if }) };
  const common = { ...first, ...(onError === undefined ? {} : { on_error: lowerSteps(onError, found) }) };
  const whole = { ...common, ...(step.timeout === undefined ? {} : { timeout_ms: milliseconds(step.timeout) }) };
  const again = step.retry === undefined ? {} : { retry: lowerRetry(step.retry) };
  const block = (inner: BlockNode): PlanBlock => lowerBlock(inner, found);
  switch (body.kind) {
    case 'action':
      return { kind: 'action', ...common, ...lowerAction(node, found), mappings };
    case 'call':
      return { kind: 'call', ...whole, ...again, ...lowerCall(node, found), mappings };
    case 'wait':
      return { kind: 'wait', ...whole, wait: lowerWait(body.wait, found.timezone), mappings };
    case 'set':
      return { kind: 'set', ...common, set: body.set, mappings };
    case 'switch':
      return { kind: 'switch', ...whole, ...again, arms: body.arms.map((arm) => lowerArm(arm, block)) };
    case 'for_each': {
      const { as = 'item', index, parallel = 1 } = step;
      const names = { as, ...(index === undefined ? {} : { index }) };
      const collect = step.on_item_error === 'collect' ? { on_item_error: 'collect' as const } : {};
      return {
        kind: 'for_each',
        ...whole,
        ...again,
        items: body.items,
        ...names,
        parallel,
        ...collect,
        block: block(body.block),
      };
    }
    case 'branches': {
      const branches = Object.fromEntries(body.branches.map(({ name, block: inner }) => [name, block(inner)]));
      return { kind: 'branches', ...whole, ...again, branches };
    }
    case 'stop':
      return { kind: 'stop', ...first, ...(body.output === undefined ? {} : { output: body.output }), mappings };
    case 'fail':
      return { kind: 'fail', ...first, message: body.message };
  }
}

function lowerAction(node: StepNode, { checked, connections }: Found): Omit<ActionStep, 'kind' | 'id' | 'mappings'> {
  const { step } = node;
  const resolved = checked.actions.get(node);
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
    retry: lowerRetry(step.retry),
  };
}

function lowerRetry({ attempts = DEFAULT_ATTEMPTS }: Retry = {}): PlanRetry {
  return { attempts };
}

function lowerCall(node: StepNode, { checked, digestOf }: Found): Omit<CallStep, 'kind' | 'id' | 'mappings'> {
  const { call: automation = '', with: given = {}, wait_for_end = true } = node.step;
  const [input, plan] = [checked.calls.get(node)?.trigger.manual?.input, digestOf(automation)];
  if (plan === undefined) throw new TypeError(`\`${automation}\` has no plan, and what calls it no error`);
  return { automation, plan, ...(input === undefined ? {} : { input, with: given }), wait_for_end };
}

function lowerWait(wait: Wait, accountZone: string): PlanWait {
  if (wait.for !== undefined) return { kind: 'duration', for_ms: milliseconds(wait.for) };
  if (wait.window !== undefined) {
    const { days = [...DAYS], from, to, timezone = accountZone } = wait.window;
    return { kind: 'window', days, from, to, timezone };
  }
  const { approval, event, until = '' } = wait;
  const expires = (approval ?? event)?.expires;
  const expiry = expires === undefined ? {} : { expires_ms: milliseconds(expires) };
  if (approval !== undefined) return { kind: 'approval', message: approval.message, ...expiry };
  return event === undefined ? { kind: 'instant', until } : { kind: 'event', payload: event.payload, ...expiry };
}

function lowerArm({ condition, block }: ArmNode, lower: (block: BlockNode) => PlanBlock): PlanArm {
  return { ...(condition === undefined ? {} : { if: condition }), block: lower(block) };
}

function lowerBlock(block: BlockNode, found: Found): PlanBlock {
  return {
    steps: lowerSteps(block.steps, found),
    ...(block.output === undefined ? {} : { output: block.output }),
    mappings: lowerMappings(found.checked.flow.mappings.get(block)),
  };
}
