import { pauseBeforeTry } from '../../engine/pause-before-try.ts';
import type { TracedStep } from '../../engine/trace.ts';
import type { Failure } from '../../run/failure.ts';
import { tryOf, tryPath } from '../../run/try-path.ts';

/** A failure in a branch or an item, in a run that goes on until what is beside it is over. */
export interface StandingFailure {
  /** The path of the step that failed. */
  step: string;
  failure: Failure;
  /** Such as: branch `x` of step `both` has failed: no. */
  what: string;
  /** What comes of it, and when. */
  comes: string;
}

/** What has failed already in a run that has not ended: steps with branches or items that wait for the others' end. */
export function standingFailures(all: readonly TracedStep[]): StandingFailure[] {
  const traced = lastTries(all);
  return traced.flatMap((step, index) => {
    const inner = isUnderWay(step) ? innerSteps(traced, index) : [];
    const handling = inner.some((one) => one.begun && isHandler(step, one));
    const first = handling ? undefined : firstFailed(step, inner);
    if (first?.end?.kind !== 'failed') return [];
    const { failure } = first.end;
    return [
      {
        step: failure.step ?? first.path,
        failure,
        what: `${partOf(step, first)} has failed: ${failure.message}`,
        comes: consequence(traced, index, failure),
      },
    ];
  });
}

/** Each step, and all within it, as it goes now: without the tries after which there is another one. */
function lastTries(traced: readonly TracedStep[]): TracedStep[] {
  const paths = new Set(traced.map(({ path }) => path));
  return traced.filter(({ path, superseded }) => {
    const { step, number } = tryOf(path);
    return !superseded && !paths.has(tryPath(step, number + 1));
  });
}

/** The failure that will be that of the step; as there, what nobody is sure of comes first. */
function firstFailed({ step: { body } }: TracedStep, inner: readonly TracedStep[]): TracedStep | undefined {
  if (body.kind !== 'branches' && body.kind !== 'for_each') return undefined;
  const failed = inner.filter(({ end }) => end?.kind === 'failed');
  const unsure = failed.find(({ end }) => end?.kind === 'failed' && end.failure.class === 'uncertain');
  // A loop that collects failures goes on anyway.
  return unsure ?? (body.kind === 'for_each' && body.collects ? undefined : failed[0]);
}

function partOf({ path, step: { body } }: TracedStep, failed: TracedStep): string {
  if (body.kind !== 'branches') return `item \`${failed.path.slice(0, failed.path.lastIndexOf('.'))}\``;
  const branch = body.branches.find(([, { steps }]) => steps.includes(failed.step));
  return `branch \`${branch?.[0] ?? ''}\` of step \`${path}\``;
}

/** What comes of a failure that breaks off the step at the index, and what has to be over before. */
function consequence(traced: readonly TracedStep[], index: number, failure: Failure): string {
  const unsure = failure.class === 'uncertain';
  let comes = unsure ? 'the run stops and asks' : 'the run ends so';
  let broken = index;
  for (const at of outwardsFrom(traced, index)) {
    const [around, inner] = [traced[at], traced[broken]];
    if (unsure || around === undefined || inner === undefined) continue;
    const { body, onError } = around.step;
    if (at !== index && body.kind === 'for_each' && body.collects) {
      comes = `step \`${around.path}\` counts it among its failures`;
      break;
    }
    broken = at;
    if (isTriedAgain(around, inner, failure)) {
      comes = `step \`${tryOf(around.path).step}\` is tried again`;
      break;
    }
    if (onError === undefined || isHandler(around, inner)) continue;
    comes = `the \`on_error\` of step \`${around.path}\` is done`;
    break;
  }
  const names = openLeaves(traced, broken).map(({ path }) => `\`${path}\``);
  return `${comes} when ${names.length === 1 ? 'step' : 'steps'} ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} over`;
}

function isTriedAgain(around: TracedStep, inner: TracedStep, failure: Failure): boolean {
  const { tries } = around.step;
  if (tries === undefined || isHandler(around, inner)) return false;
  const { step, number } = tryOf(around.path);
  return pauseBeforeTry(failure, step, number, tries, () => 0) !== undefined;
}

/** The place of the step itself, and of those around it. */
function outwardsFrom(traced: readonly TracedStep[], index: number): number[] {
  const places: number[] = [];
  let depth = Number.POSITIVE_INFINITY;
  for (let at = index; at >= 0; at--) {
    const step = traced[at];
    if (step === undefined || step.depth >= depth) continue;
    depth = step.depth;
    places.push(at);
  }
  return places;
}

/** The innermost steps within the one at the index that are under way. */
function openLeaves(traced: readonly TracedStep[], index: number): TracedStep[] {
  const within = allWithin(traced, index);
  return within.filter((step, at) => isUnderWay(step) && !allWithin(within, at).some(isUnderWay));
}

function innerSteps(traced: readonly TracedStep[], index: number): TracedStep[] {
  const depth = (traced[index]?.depth ?? 0) + 1;
  return allWithin(traced, index).filter((step) => step.depth === depth);
}

/** The steps within the one at the index: they follow it and lie deeper. */
function allWithin(traced: readonly TracedStep[], index: number): readonly TracedStep[] {
  const depth = traced[index]?.depth ?? 0;
  const next = traced.findIndex((step, at) => at > index && step.depth <= depth);
  return traced.slice(index + 1, next === -1 ? undefined : next);
}

function isUnderWay({ begun, end }: TracedStep): boolean {
  return begun && end === undefined;
}

function isHandler({ step }: TracedStep, inner: TracedStep): boolean {
  return step.onError?.includes(inner.step) === true;
}
