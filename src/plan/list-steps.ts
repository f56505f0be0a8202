import type { PlanBlock, PlanStep } from '../generated/plan.ts';
import type { Json } from '../json/value.ts';

/** A step by itself, without those within it. */
export interface ListedStep {
  id: string;
  /** Around what it stands: empty at the top, otherwise as `route, arm 1`. */
  where: string;
  own: Json;
}

/** All steps of a plan, in the order of the file, each without those within it. */
export function listSteps(steps: readonly PlanStep[], where = ''): ListedStep[] {
  return steps.flatMap((step): ListedStep[] => {
    const inner = blocksOf(step).flatMap(({ place, steps: within }) => listSteps(within, `${step.id}, ${place}`));
    return [{ id: step.id, where, own: ownOf(step) }, ...inner];
  });
}

/** The step with this id, wherever it stands. */
export function findStep(steps: readonly PlanStep[], id: string): PlanStep | undefined {
  for (const step of steps) {
    if (step.id === id) return step;
    const within = findStep(
      blocksOf(step).flatMap((block) => block.steps),
      id,
    );
    if (within !== undefined) return within;
  }
  return undefined;
}

/** The names of the automations that the steps call, wherever they stand. */
export function calledAutomations(steps: readonly PlanStep[]): string[] {
  return steps.flatMap((step) => [
    ...(step.kind === 'call' ? [step.automation] : []),
    ...blocksOf(step).flatMap((block) => calledAutomations(block.steps)),
  ]);
}

function blocksOf(step: PlanStep): { place: string; steps: PlanStep[] }[] {
  const handler =
    'on_error' in step && step.on_error !== undefined ? [{ place: 'on error', steps: step.on_error }] : [];
  switch (step.kind) {
    case 'switch':
      return [...step.arms.map(({ block }, index) => ({ place: `arm ${index + 1}`, steps: block.steps })), ...handler];
    case 'for_each':
      return [{ place: 'for each', steps: step.block.steps }, ...handler];
    case 'branches':
      return [...Object.entries(step.branches).map(([name, { steps }]) => ({ place: name, steps })), ...handler];
    default:
      return handler;
  }
}

function ownOf(step: PlanStep): Json {
  const handled = 'on_error' in step && step.on_error !== undefined ? { on_error: 'handled' } : {};
  switch (step.kind) {
    case 'switch':
      return plain({ ...step, ...handled, arms: step.arms.map((arm) => ({ if: arm.if, output: output(arm.block) })) });
    case 'for_each':
      return plain({ ...step, ...handled, block: { output: output(step.block) } });
    case 'branches': {
      const outputs = Object.entries(step.branches).map(([name, block]) => [name, output(block)]);
      return plain({ ...step, ...handled, branches: Object.fromEntries(outputs) });
    }
    default:
      return plain({ ...step, ...handled });
  }
}

function output({ output: value }: PlanBlock): Json {
  return value ?? null;
}

/** Values of a plan are JSON; what is undefined is left out as its canonical text leaves it out. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
