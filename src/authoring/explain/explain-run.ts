import type { TracedStep } from '../../engine/trace.ts';
import type { Mapping, Plan } from '../../generated/plan.ts';
import { parsePointer } from '../../json/pointer.ts';
import { isJsonObject, ownProperty, type Json } from '../../json/value.ts';
import { hasExpression } from '../../language/template.ts';
import type { RunRecord } from '../../run/records.ts';
import { isEmpty, isLaterTry, RunReading } from './run-reading.ts';
import { whatItWaitsFor, type Pause } from './what-it-waits-for.ts';
import { failureBefore, failureOf, handledFailure } from './why-failed.ts';
import { editsOf, shown, whyNothing, whySkipped } from './why-nothing.ts';

/** What came of a run and why, in words. Values of the run stand in it: it is redacted before it is shown. */
export interface Explanation {
  headline: string;
  findings: Finding[];
}

export interface Finding {
  /** The path of the step within the run. */
  step: string | undefined;
  /** What was so. */
  what: string;
  /** Why, from the nearest reason to the source. */
  because: string[];
  /** What to do, the most likely first. */
  edit: string[];
}

/**
 * Explains a run from its plan and its trace: which step failed, was left out, had nothing to work with or is waited for, and why.
 * `pause`: what keeps it from going on.
 */
export function explainRun(plan: Plan, run: RunRecord, traced: readonly TracedStep[], pause?: Pause): Explanation {
  const reading = new RunReading(plan, run, traced);
  const findings = [
    ...failureOf(reading),
    ...failureBefore(reading),
    ...whatItWaitsFor(reading, pause),
    ...reading.traced.flatMap((step) => findingsOf(reading, step)),
    ...emptyRunOutput(reading),
  ];
  return { headline: headlineOf(run, findings), findings };
}

function headlineOf({ account, automation, status, failure }: RunRecord, findings: readonly Finding[]): string {
  const name = `${account}/${automation}`;
  switch (status) {
    case 'succeeded':
      return findings.length === 0 ? `${name} succeeded, and no value was empty` : `${name} succeeded`;
    case 'failed':
      return `${name} failed${failure?.step === undefined ? '' : ` at step \`${failure.step}\``}`;
    case 'uncertain':
      return `${name} stopped: nobody knows whether step \`${failure?.step ?? ''}\` took place`;
    case 'canceled':
      return `${name} was canceled`;
    default:
      return `${name} has not ended: it is ${status}`;
  }
}

function findingsOf(reading: RunReading, step: TracedStep): Finding[] {
  if (isLaterTry(step)) return [];
  if (step.end?.kind === 'skipped') {
    const what = `step \`${step.path}\` was left out`;
    return [{ step: step.path, what, because: whySkipped(reading, step), edit: [] }];
  }
  return [...handledFailure(reading, step), ...emptyMappings(reading, step), ...oddOutput(reading, step)];
}

/** The fields that the mappings of the step left without a value. */
function emptyMappings(reading: RunReading, { path, step, end, attempts }: TracedStep): Finding[] {
  const planned = reading.planned(step.id);
  const value = attempts.at(-1)?.input ?? (planned?.kind === 'set' && end?.kind === 'done' ? end.output : undefined);
  if (value === undefined || planned === undefined || !('mappings' in planned)) return [];
  return emptyFields(reading, planned.mappings, value, path).map(({ field, from, ...finding }): Finding => ({
    step: path,
    what: `\`${field}\` of step \`${path}\` was empty: ${from}`,
    ...finding,
  }));
}

/** What the run gave back without a value; a `stop` has an output of its own. */
function emptyRunOutput(reading: RunReading): Finding[] {
  const { plan, run, traced } = reading;
  if (run.status !== 'succeeded' || traced.some(({ end }) => end?.kind === 'stopped')) return [];
  return emptyFields(reading, plan.output_mappings ?? [], run.output, '').map(
    ({ field, from, ...finding }): Finding => ({
      step: undefined,
      what: `${field === '' ? 'the output' : `\`${field}\` of the output`} of the run was empty: ${from}`,
      ...finding,
    }),
  );
}

interface EmptyField extends Pick<Finding, 'because' | 'edit'> {
  field: string;
  from: string;
}

function emptyFields(
  reading: RunReading,
  mappings: readonly Mapping[],
  value: Json | undefined,
  path: string,
): EmptyField[] {
  return mappings
    .filter(({ to, from }) => hasExpression(from) && isEmpty(at(value, to)))
    .map(({ to, from }) => {
      const causes = whyNothing(reading, from, path);
      const because = causes.flatMap((cause) => cause.because);
      return { field: parsePointer(to).join('.'), from, because, edit: editsOf(causes) };
    });
}

/** An output that is empty, or that is not as the connector says. */
function oddOutput(reading: RunReading, { path, step, end, attempts }: TracedStep): Finding[] {
  const planned = reading.planned(step.id);
  if (end?.kind !== 'done' || planned?.kind !== 'action') return [];
  const { title } = reading.plan.connectors[planned.connector] ?? { title: planned.connector };
  const because = [`${title} answered with ${end.output === undefined ? 'nothing' : shown(end.output)}`];
  if (isEmpty(end.output)) return [{ step: path, what: `the output of step \`${path}\` was empty`, because, edit: [] }];
  const last = attempts.at(-1)?.outcome;
  const [warning] = (last?.ok === true && last.warnings) || [];
  if (warning === undefined) return [];
  const what = `the output of step \`${path}\` is not as ${title} documents it: ${warning}`;
  return [{ step: path, what, because, edit: [] }];
}

function at(value: Json | undefined, pointer: string): Json | undefined {
  return parsePointer(pointer).reduce<Json | undefined>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return isJsonObject(inner) ? ownProperty(inner, key) : undefined;
  }, value);
}
