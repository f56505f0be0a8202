import type { TracedStep } from '../../engine/trace.ts';
import type { Mapping, Plan } from '../../generated/plan.ts';
import { parsePointer } from '../../json/pointer.ts';
import { isJsonObject, ownProperty, type Json } from '../../json/value.ts';
import { hasExpression } from '../../language/template.ts';
import type { Failure } from '../../run/failure.ts';
import type { RunRecord } from '../../run/records.ts';
import { failureAdvice } from './failure-advice.ts';
import { isEmpty, RunReading } from './run-reading.ts';
import { shown, whyNothing, whySkipped, type Cause } from './why-nothing.ts';

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

/** Explains a run from its plan and its trace: which step failed, was left out, or had nothing to work with, and why. */
export function explainRun(plan: Plan, run: RunRecord, traced: readonly TracedStep[]): Explanation {
  const reading = new RunReading(plan, run, traced);
  const findings = [...failureOf(reading), ...reading.traced.flatMap((step) => findingsOf(reading, step))];
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

function failureOf(reading: RunReading): Finding[] {
  const { run, plan } = reading;
  const { failure } = run;
  if (failure === undefined) return [];
  const { step } = failure;
  const planned = step === undefined ? undefined : reading.planned(step.slice(step.lastIndexOf('.') + 1));
  const connection = planned?.kind === 'action' ? planned.connection : undefined;
  const causes =
    step === undefined
      ? []
      : causesOfFailure(reading, step, planned !== undefined && 'mappings' in planned ? planned.mappings : []);
  const details = failure.details === undefined ? [] : [`the service answered ${shown(failure.details)}`];
  return [
    {
      step,
      what: failure.message,
      because: [...details, ...causes.flatMap(({ because }) => because)],
      edit: [...editsOf(causes), ...failureAdvice(failure, plan, connection)],
    },
  ];
}

/** Where an expression had no value, nothing was sent and there is no input to look at: only what it read. */
function causesOfFailure(reading: RunReading, path: string, mappings: readonly Mapping[]): Cause[] {
  if (!NO_VALUE.has(reading.run.failure?.code)) return [];
  return mappings.flatMap(({ from }) => whyNothing(reading, from, path));
}

const NO_VALUE = new Set<Failure['code'] | undefined>(['mapping_failed', 'guard_failed']);

function findingsOf(reading: RunReading, step: TracedStep): Finding[] {
  if (step.end?.kind === 'skipped') {
    const what = `step \`${step.path}\` was left out`;
    return [{ step: step.path, what, because: whySkipped(reading, step), edit: [] }];
  }
  return [...handledFailure(reading, step), ...emptyMappings(reading, step), ...emptyOutput(reading, step)];
}

function handledFailure({ plan }: RunReading, { path, end, attempts }: TracedStep): Finding[] {
  const last = attempts.at(-1)?.outcome;
  // Of steps of `on_error` that end the run, the end is theirs; what they handled is the last attempt's.
  const failure = end?.kind === 'stopped' && last?.ok === false ? last.failure : undefined;
  const handled = end?.kind === 'handled' ? end.failure : failure;
  if (handled === undefined) return [];
  const then = failure === undefined ? 'the run went on' : 'its `on_error` ended the run';
  const what = `step \`${path}\` failed, and ${then}: ${handled.message}`;
  return [{ step: path, what, because: [], edit: failureAdvice(handled, plan, undefined) }];
}

/** The fields that the mappings of the step left without a value. */
function emptyMappings(reading: RunReading, { path, step, end, attempts }: TracedStep): Finding[] {
  const planned = reading.planned(step.id);
  const value = attempts.at(-1)?.input ?? (planned?.kind === 'set' && end?.kind === 'done' ? end.output : undefined);
  if (value === undefined || planned === undefined || !('mappings' in planned)) return [];
  return planned.mappings
    .filter(({ to, from }) => hasExpression(from) && isEmpty(at(value, to)))
    .map(({ to, from }): Finding => {
      const field = parsePointer(to).join('.');
      const causes = whyNothing(reading, from, path);
      return {
        step: path,
        what: `\`${field}\` of step \`${path}\` was empty: ${from}`,
        because: causes.flatMap(({ because }) => because),
        edit: editsOf(causes),
      };
    });
}

function emptyOutput(reading: RunReading, { path, step, end }: TracedStep): Finding[] {
  const planned = reading.planned(step.id);
  if (end?.kind !== 'done' || planned?.kind !== 'action' || !isEmpty(end.output)) return [];
  const { title } = reading.plan.connectors[planned.connector] ?? { title: planned.connector };
  const because = [`${title} answered with ${end.output === undefined ? 'nothing' : shown(end.output)}`];
  return [{ step: path, what: `the output of step \`${path}\` was empty`, because, edit: [] }];
}

function editsOf(causes: readonly Cause[]): string[] {
  return [...new Set(causes.flatMap(({ edit }) => edit ?? []))];
}

function at(value: Json, pointer: string): Json | undefined {
  return parsePointer(pointer).reduce<Json | undefined>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return isJsonObject(inner) ? ownProperty(inner, key) : undefined;
  }, value);
}
