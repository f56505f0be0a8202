import type { Json } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import type { AttemptView, RunDetailView, RunSummaryView, StepView } from '../server/api-types.ts';

/** Longer values are written over several lines. */
const LINE = 100;

const MARKS: { [status in StepView['status']]: string } = {
  pending: '·',
  running: '…',
  waiting: '…',
  succeeded: '✓',
  failed: '✗',
  uncertain: '?',
};

/** A run for readers, with all that its steps got and gave. */
export function renderRun({ run, steps }: RunDetailView): string {
  const lines = [renderRunLine(run), field('trigger', run.trigger)];
  const ended = run.finished_at !== undefined;
  for (const step of steps) {
    lines.push(
      `${MARKS[step.status]} ${step.id}  ${step.uses}${step.attempts.length === 0 ? `  ${ended ? 'not reached' : step.status}` : ''}`,
    );
    lines.push(...step.attempts.map((attempt) => renderAttempt(attempt)));
  }
  if (run.output !== undefined) lines.push(field('output', run.output));
  // A failure of an attempt stands there already.
  const shown = steps.some(({ id, attempts }) => id === run.failure?.step && attempts.length > 0);
  if (run.failure !== undefined && !shown) lines.push(...renderFailure(run.failure));
  return lines.join('\n');
}

/** `demo/summarize-text succeeded in 312 ms  (0192…)` */
export function renderRunLine({ id, account, automation, status, created_at, duration_ms }: RunSummaryView): string {
  const took = duration_ms === undefined ? '' : ` in ${duration_ms} ms`;
  return `${account}/${automation} ${status}${took}  (run ${id}, accepted ${created_at})`;
}

/** One attempt of a step: its time, input, and output or failure. */
export function renderAttempt(attempt: AttemptView): string {
  const took = attempt.duration_ms === undefined ? 'under way' : `${attempt.duration_ms} ms`;
  const lines = [`    attempt ${attempt.attempt}, ${took}`, field('input', attempt.input)];
  if (attempt.output !== undefined) lines.push(field('output', attempt.output));
  if (attempt.failure !== undefined) lines.push(...renderFailure(attempt.failure));
  if (attempt.retry_at !== undefined) lines.push(`    tried again at ${attempt.retry_at}`);
  return lines.join('\n');
}

function renderFailure({ message, code, help, details }: Failure): string[] {
  const lines = [`    failure  ${message} (${code})`];
  if (help !== undefined) lines.push(`    way out  ${help}`);
  if (details !== undefined) lines.push(field('details', details));
  return lines;
}

function field(name: string, value: Json): string {
  const inline = JSON.stringify(value);
  if (inline.length <= LINE) return `    ${name.padEnd(7)}  ${inline}`;
  const block = JSON.stringify(value, undefined, 2).replaceAll('\n', '\n      ');
  return `    ${name.padEnd(7)}\n      ${block}`;
}
