import type { Action } from '../generated/connector.ts';
import type { ResolvedActions } from './context.ts';
import type { StepNode } from './step-tree.ts';

const DEFAULT_PAGES = 10;

/**
 * How many requests a run makes at worst by the steps that are counted, without those that are tried again: of a switch
 * the arm with the most, of a loop as many turns as its list can have items. `Infinity` where a loop has no bound.
 */
export function callsPerRun(
  nodes: readonly StepNode[],
  counted: (node: StepNode) => boolean,
  actions: ResolvedActions,
  bounds: ReadonlyMap<StepNode, number>,
): number {
  const count = (steps: readonly StepNode[]): number => callsPerRun(steps, counted, actions, bounds);
  const calls = nodes.map((node) => ownCalls(node, counted, actions, bounds, count) + count(node.onError ?? []));
  return calls.reduce((sum, one) => sum + one, 0);
}

function ownCalls(
  node: StepNode,
  counted: (node: StepNode) => boolean,
  actions: ResolvedActions,
  bounds: ReadonlyMap<StepNode, number>,
  count: (steps: readonly StepNode[]) => number,
): number {
  const { body } = node;
  switch (body.kind) {
    case 'action': {
      const resolved = counted(node) ? actions.get(node) : undefined;
      return resolved === undefined ? 0 : requestsOf(resolved.action);
    }
    case 'switch':
      return Math.max(0, ...body.arms.map(({ block }) => count(block.steps)));
    case 'for_each': {
      const turn = count(body.block.steps);
      return turn === 0 ? 0 : turn * (bounds.get(node) ?? Number.POSITIVE_INFINITY);
    }
    case 'branches':
      return body.branches.reduce((sum, { block }) => sum + count(block.steps), 0);
    default:
      return 0;
  }
}

function requestsOf({ native, before = [], pagination }: Action): number {
  if (native !== undefined) return 0;
  return before.length + (pagination === undefined ? 1 : (pagination.max_pages ?? DEFAULT_PAGES));
}
