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
  skipped: '–',
  failed: '✗',
  uncertain: '?',
};

/** A run for readers, with all that its steps got and gave. */
export function renderRun({ run, steps, retried, called, standing }: RunDetailView): string {
  const lines = [renderRunLine(run), field('trigger', run.trigger)];
  for (const words of run.warnings) lines.push(`    warning  the event is not as documented: ${words}`);
  if (run.parent !== undefined) lines.push(`    called by  step ${run.parent.step} of run ${run.parent.run}`);
  if (run.origin !== undefined) lines.push(`    replays    run ${run.origin}`);
  const ends = new Map(called.map(({ id, status }) => [id, status]));
  const ended = run.finished_at !== undefined;
  for (const step of steps)
    lines.push(...renderStep(step, run.id, ended, ends).map((line) => `${'  '.repeat(step.depth)}${line}`));
  for (const attempt of retried) lines.push(`✗ ${attempt.step}  before a retry`, renderAttempt(attempt, true));
  for (const { step, what, comes } of standing) {
    // A doubt is settled when the run has stopped at it.
    const doubted = steps.some(({ path, status }) => path === step && status === 'uncertain');
    const cancel = `; or let it wait for nothing more: waybill runs cancel ${run.id}`;
    lines.push(`${doubted ? '?' : '✗'} ${what}`, `    ${comes}${doubted ? '' : cancel}`);
  }
  if (run.output !== undefined) lines.push(field('output', run.output));
  // The failure of a step stands there already.
  const shown = steps.some(({ path }) => path === run.failure?.step);
  if (run.failure !== undefined && !shown) lines.push(...renderFailure(run.failure));
  return lines.join('\n');
}

function renderStep(step: StepView, run: string, ended: boolean, called: ReadonlyMap<string, string>): string[] {
  const { path, uses, kind, status, output, failure, attempts } = step;
  const words = ended && status === 'pending' ? 'not reached' : status;
  const lines = [
    `${ended && status === 'waiting' ? '–' : MARKS[status]} ${path}  ${uses ?? kind}${attempts.length === 0 && !DONE.has(status) ? `  ${words}` : ''}`,
  ];
  if (step.again !== undefined)
    lines.push(`    again    at ${step.again.at}, after step ${step.again.step} failed (${step.again.code})`);
  if (step.approval !== undefined && !ended)
    lines.push(`    decided  at ${step.approval} of the runner, or with waybill runs approve ${run} ${path}`);
  if (step.called !== undefined)
    lines.push(`    called   run ${step.called} (${called.get(step.called) ?? 'not kept'})`);
  if (step.ends_by !== undefined && !DONE.has(status)) lines.push(`    ends by  ${step.ends_by}`);
  for (const { page, status: came } of step.pages ?? []) lines.push(`    page     ${page} (${came}): --page '${page}'`);
  if (output !== undefined) lines.push(field('output', output));
  if (failure !== undefined) lines.push(...renderFailure(failure));
  lines.push(...attempts.map((attempt) => renderAttempt(attempt, ended)));
  return lines.flatMap((text) => text.split('\n'));
}

/** Their mark says it. */
const DONE = new Set<StepView['status']>(['succeeded', 'failed']);

/** `demo/summarize-text succeeded in 312 ms  (0192…)` */
export function renderRunLine({ id, account, automation, status, created_at, duration_ms }: RunSummaryView): string {
  const took = duration_ms === undefined ? '' : ` in ${duration_ms} ms`;
  return `${account}/${automation} ${status}${took}  (run ${id}, accepted ${created_at})`;
}

/** One attempt of a step: its time, input, and output or failure. `ended`: the run has, so nothing of it goes on. */
export function renderAttempt(attempt: AttemptView, ended = false): string {
  const going = ended ? 'given up' : 'under way';
  const took = attempt.duration_ms === undefined ? going : `${attempt.duration_ms} ms`;
  const size = attempt.output_bytes === undefined ? '' : `, ${attempt.output_bytes} bytes out`;
  const lines = [
    `    attempt ${attempt.attempt}, ${took}, ${attempt.input_bytes} bytes in${size}`,
    field('input', attempt.input),
  ];
  if (attempt.output !== undefined) lines.push(field('output', attempt.output));
  for (const words of attempt.warnings ?? []) lines.push(`    warning  the output is not as documented: ${words}`);
  if (attempt.failure !== undefined) lines.push(...renderFailure(attempt.failure));
  if (attempt.waits_until !== undefined && !ended) lines.push(`    waits until ${attempt.waits_until}`);
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
