import { Temporal } from 'temporal-polyfill';
import type { Again } from '../../engine/pause-before-try.ts';
import type { TracedStep } from '../../engine/trace.ts';
import type { Instant } from '../../run/records.ts';
import { calledRunId } from '../../run/run-id.ts';
import { tryOf } from '../../run/try-path.ts';
import type { Finding } from './explain-run.ts';
import type { RunReading } from './run-reading.ts';

/** What somebody paused: an account, or one automation of it. */
export interface Pause {
  account: string;
  automation?: string;
  since: Instant;
}

/** What keeps a run that has not ended from its end. */
export function whatItWaitsFor(reading: RunReading, pause: Pause | undefined): Finding[] {
  const { run, traced } = reading;
  if (run.finishedAt !== undefined) return [];
  return [...whyHeld(reading, pause), ...traced.flatMap((step) => waitOf(reading, step))];
}

function whyHeld({ run, plan }: RunReading, pause: Pause | undefined): Finding[] {
  if (pause !== undefined) {
    const names = [pause.account, pause.automation].filter((name) => name !== undefined);
    const what = `${names.join('/')} is paused since ${iso(pause.since)}`;
    return [{ step: undefined, what, because: [], edit: [`let it go on: waybill resume ${names.join(' ')}`] }];
  }
  if (run.status !== 'queued') return [];
  const others = plan.concurrency === undefined ? '' : ', or for other runs of its `concurrency`';
  return [{ step: undefined, what: `it waits for its turn${others}`, because: [], edit: [] }];
}

function waitOf({ run }: RunReading, traced: TracedStep): Finding[] {
  const { path, step, begun, end, attempts, again } = traced;
  if (!begun || end !== undefined) return [];
  if (again?.waits === true) return tryAgain(traced, again);
  const last = attempts.at(-1);
  if (last === undefined) return [];
  const { body } = step;
  const until = last.sleepUntil === undefined ? '' : ` until ${iso(last.sleepUntil)}`;
  const finding = (what: string, edit: string[]): Finding[] => [
    { step: path, what: `step \`${path}\` ${what}`, because: [], edit },
  ];
  switch (body.kind) {
    case 'call':
      return body.step.wait_for_end && last.outcome === undefined
        ? finding(`waits for the end of a run that it called`, [`waybill explain ${calledRunId(run.id, path)}`])
        : [];
    case 'wait':
      switch (body.wait.kind) {
        case 'approval':
          return finding(`waits for a person who decides${until}`, [
            `waybill runs approve ${run.id} ${path}, or reject`,
          ]);
        case 'event':
          return finding(`waits for an event${until}`, [`waybill runs event ${run.id} ${path} --payload JSON`]);
        default:
          return finding(`waits${until}`, []);
      }
    default:
      return last.outcome?.ok === false ? finding(`is tried again: ${last.outcome.failure.message}`, []) : [];
  }
}

/** A step that failed and is tried again. */
function tryAgain({ path }: TracedStep, { message, at }: Again): Finding[] {
  const what = `step \`${tryOf(path).step}\` is tried again at ${iso(at)}: ${message}`;
  return [{ step: path, what, because: [], edit: [] }];
}

function iso(instant: Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toString();
}
