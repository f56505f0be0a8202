import type { Step, Steps, Wait } from '../generated/automation.ts';
import type { PointerToken } from '../json/pointer.ts';
import type { Json, JsonObject } from '../json/value.ts';

/** A step with its place in the file and what stands within it. */
export interface StepNode {
  step: Step;
  path: PointerToken[];
  body: StepBody;
  /** What is done after a failure, after which the run goes on; `undefined`: the run fails. */
  onError: StepNode[] | undefined;
}

export type StepBody =
  | { kind: 'action'; uses: string }
  | { kind: 'call'; automation: string }
  | { kind: 'wait'; wait: Wait }
  | { kind: 'set'; set: JsonObject }
  | { kind: 'switch'; arms: ArmNode[] }
  | { kind: 'for_each'; items: string; block: BlockNode }
  | { kind: 'branches'; branches: { name: string; block: BlockNode }[] }
  | { kind: 'stop'; output: Json | undefined }
  | { kind: 'fail'; message: string };

export interface BlockNode {
  path: PointerToken[];
  steps: StepNode[];
  output: Json | undefined;
}

/** Without a condition: what is done where no arm before it is. */
export interface ArmNode {
  condition: string | undefined;
  block: BlockNode;
}

/** The steps as a tree; the schema has proved that each is of exactly one kind. */
export function stepTree(steps: Steps, path: PointerToken[]): StepNode[] {
  return steps.map((step, index) => {
    const place = [...path, index];
    return { step, path: place, body: bodyOf(step, place), onError: handlerOf(step, place) };
  });
}

/** The steps and all within them, in the order of the file. */
export function allSteps(nodes: readonly StepNode[]): StepNode[] {
  const all: StepNode[] = [];
  collectSteps(nodes, all);
  return all;
}

function collectSteps(nodes: readonly StepNode[], all: StepNode[]): void {
  for (const node of nodes) {
    all.push(node);
    collectSteps(innerSteps(node), all);
    if (node.onError !== undefined) collectSteps(node.onError, all);
  }
}

function innerSteps({ body }: StepNode): StepNode[] {
  switch (body.kind) {
    case 'switch':
      return body.arms.flatMap(({ block }) => block.steps);
    case 'for_each':
      return body.block.steps;
    case 'branches':
      return body.branches.flatMap(({ block }) => block.steps);
    default:
      return [];
  }
}

function bodyOf(step: Step, path: PointerToken[]): StepBody {
  const { set, switch: arms, for_each: items, branches, stop, fail } = step;
  if (step.uses !== undefined) return { kind: 'action', uses: step.uses };
  if (step.call !== undefined) return { kind: 'call', automation: step.call };
  if (step.wait !== undefined) return { kind: 'wait', wait: step.wait };
  if (set !== undefined) return { kind: 'set', set };
  if (arms !== undefined) {
    const otherwise = step.else && [{ condition: undefined, block: blockOf(step.else, [...path, 'else']) }];
    const written = arms.map((arm, index) => ({ condition: arm.if, block: blockOf(arm, [...path, 'switch', index]) }));
    return { kind: 'switch', arms: [...written, ...(otherwise ?? [])] };
  }
  if (items !== undefined) return { kind: 'for_each', items, block: blockOf(step, path) };
  if (branches !== undefined) {
    const named = Object.entries(branches);
    return {
      kind: 'branches',
      branches: named.map(([name, block]) => ({ name, block: blockOf(block, [...path, 'branches', name]) })),
    };
  }
  return stop === undefined ? { kind: 'fail', message: fail ?? '' } : { kind: 'stop', output: step.output };
}

function blockOf({ steps = [], output }: { steps?: Steps; output?: Json }, path: PointerToken[]): BlockNode {
  return { path, steps: stepTree(steps, [...path, 'steps']), output };
}

function handlerOf({ on_error: handler }: Step, path: PointerToken[]): StepNode[] | undefined {
  if (handler === undefined || handler === 'fail') return undefined;
  return handler === 'continue' ? [] : stepTree(handler, [...path, 'on_error']);
}
