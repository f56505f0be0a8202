import type { ResolvedCalls } from './context.ts';
import { milliseconds } from '../plan/duration.ts';
import type { BlockNode, StepNode } from './step-tree.ts';

/** Milliseconds that a run waits at least: until it is through the steps, and until one of them ends it well. */
interface Least {
  through: number;
  stopped: number;
}

/** Milliseconds that a run waits at least until it succeeds, as its steps say it; `Infinity` where it never does. */
export function leastWait(steps: readonly StepNode[], calls: ResolvedCalls): number {
  const { through, stopped } = ofSteps(steps, calls);
  return Math.min(through, stopped);
}

/** Milliseconds that the step itself waits at least, where it is done and does not fail. */
export function leastWaitOf(node: StepNode, calls: ResolvedCalls): number {
  const { through, stopped } = ofBody(node, calls);
  return Math.min(through, stopped);
}

function ofSteps(steps: readonly StepNode[], calls: ResolvedCalls): Least {
  let [through, stopped] = [0, Infinity];
  for (const step of steps) {
    const own = ofStep(step, calls);
    stopped = Math.min(stopped, through + own.stopped);
    through += own.through;
  }
  return { through, stopped };
}

function ofStep(node: StepNode, calls: ResolvedCalls): Least {
  const ways = [ofBody(node, calls)];
  if (node.step.if !== undefined) ways.push(past(0));
  // It may fail at once.
  if (node.onError !== undefined) ways.push(ofSteps(node.onError, calls));
  return shortest(ways);
}

function ofBody(node: StepNode, calls: ResolvedCalls): Least {
  const { body, step } = node;
  const block = ({ steps }: BlockNode): Least => ofSteps(steps, calls);
  switch (body.kind) {
    case 'wait':
      return past(body.wait.for === undefined ? 0 : milliseconds(body.wait.for));
    case 'call':
      return past(step.wait_for_end === false ? 0 : (calls.get(node)?.leastWait ?? 0));
    case 'switch': {
      const complete = body.arms.at(-1)?.condition === undefined;
      return shortest([...body.arms.map((arm) => block(arm.block)), ...(complete ? [] : [past(0)])]);
    }
    case 'branches': {
      const all = body.branches.map((branch) => block(branch.block));
      return past(Math.max(...all.map(({ through }) => through)));
    }
    case 'for_each':
      // The list may be empty.
      return { through: 0, stopped: block(body.block).stopped };
    case 'stop':
      return { through: Infinity, stopped: 0 };
    case 'fail':
      return past(Infinity);
    case 'action':
    case 'set':
      return past(0);
  }
}

function past(through: number): Least {
  return { through, stopped: Infinity };
}

function shortest(ways: readonly Least[]): Least {
  return {
    through: Math.min(...ways.map(({ through }) => through)),
    stopped: Math.min(...ways.map(({ stopped }) => stopped)),
  };
}
