import type { TracedStep } from '../../engine/trace.ts';
import type { Mapping } from '../../generated/plan.ts';
import type { Failure } from '../../run/failure.ts';
import type { Finding } from './explain-run.ts';
import { failureAdvice } from './failure-advice.ts';
import type { RunReading } from './run-reading.ts';
import { standingFailures } from './standing-failures.ts';
import { editsOf, shown, whyNothing, type Cause } from './why-nothing.ts';

/** Why the run failed, or stopped. */
export function failureOf(reading: RunReading): Finding[] {
  const { failure } = reading.run;
  if (failure === undefined) return [];
  const { step } = failure;
  const causes = step === undefined ? [] : causesOf(reading, failure, step);
  const details = failure.details === undefined ? [] : [`the service answered ${shown(failure.details)}`];
  return [
    {
      step,
      what: failure.message,
      because: [...details, ...causes.flatMap(({ because }) => because)],
      edit: [...editsOf(causes), ...adviceFor(reading, failure, step), ...howItGoesOn(reading, failure)],
    },
  ];
}

/** What a call came to is another thing when it is made again; what was computed is the same. */
function howItGoesOn({ run }: RunReading, { code }: Failure): string[] {
  if (run.status !== 'failed' || COMPUTED.has(code)) return [];
  // The run that called it goes on with it.
  const id = run.parent?.run ?? run.id;
  return [`then: waybill runs retry ${id}, or waybill runs replay ${id} where the automation was changed`];
}

const COMPUTED: ReadonlySet<Failure['code']> = new Set(['mapping_failed', 'guard_failed', 'fail_step']);

/** What has failed in a run that waits for the end of what is beside it. */
export function failureBefore(reading: RunReading): Finding[] {
  const { run, traced } = reading;
  if (run.finishedAt !== undefined) return [];
  return standingFailures(traced).map(({ step, failure, what, comes }): Finding => {
    // A doubt is settled when the run has stopped at it; a run that is canceled asks nobody.
    const doubted = failure.class === 'uncertain';
    const cancel = `let it wait for nothing more: waybill runs cancel ${run.id}`;
    return { step, what, because: [comes], edit: doubted ? [] : [...adviceFor(reading, failure, step), cancel] };
  });
}

/** The failure of a step that its `on_error` handled. */
export function handledFailure(reading: RunReading, { path, end, attempts }: TracedStep): Finding[] {
  const last = attempts.at(-1)?.outcome;
  // Of steps of `on_error` that end the run, the end is theirs; what they handled is the last attempt's.
  const failure = end?.kind === 'stopped' && last?.ok === false ? last.failure : undefined;
  const handled = end?.kind === 'handled' ? end.failure : failure;
  if (handled === undefined) return [];
  const then = failure === undefined ? 'the run went on' : 'its `on_error` ended the run';
  const what = `step \`${path}\` failed, and ${then}: ${handled.message}`;
  return [{ step: path, what, because: [], edit: adviceFor(reading, handled, handled.step ?? path) }];
}

function adviceFor(reading: RunReading, failure: Failure, path: string | undefined): string[] {
  const planned = path === undefined ? undefined : reading.plannedAt(path);
  const connection = planned?.kind === 'action' ? planned.connection : undefined;
  return failureAdvice(failure, { run: reading.run.id, plan: reading.plan, connection });
}

/** Where an expression had no value, nothing was sent and there is no input to look at: only what it read. */
function causesOf(reading: RunReading, { code, message }: Failure, path: string): Cause[] {
  if (code !== 'mapping_failed' && code !== 'guard_failed') return [];
  const mappings = mappingsAt(reading, path);
  const named = mappings.filter(({ to }) => message.includes(`\`${to.slice(1).replaceAll('/', '.')}\``));
  return (named.length === 0 ? mappings : named).flatMap(({ from }) => whyNothing(reading, from, path));
}

/** The mappings of a step, or at `output`, of the run's output. */
function mappingsAt(reading: RunReading, path: string): readonly Mapping[] {
  const planned = reading.plannedAt(path);
  if (planned !== undefined) return 'mappings' in planned ? planned.mappings : [];
  return path === 'output' ? (reading.plan.output_mappings ?? []) : [];
}
