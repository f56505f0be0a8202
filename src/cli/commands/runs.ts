import type { RunDetailView, RunListView } from '../../server/api-types.ts';
import { EXIT, NotFoundError } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderAttempt, renderRun, renderRunLine } from '../render-run.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface RunsOptions extends RunnerOptions {
  account?: string;
  automation?: string;
  format: Format;
}

export interface ListOptions extends RunsOptions {
  status?: string;
  since?: string;
  until?: string;
  before?: string;
  limit: number;
}

export interface ShowOptions extends RunnerOptions {
  format: Format;
  /** Such as `each[500-999]`. */
  page?: string;
}

export interface WaitOptions extends RunsOptions {
  /** Seconds. */
  timeout?: number;
}

/** `waybill runs list`: newest first. */
export async function list({
  format,
  account,
  automation,
  status,
  since,
  until,
  before,
  limit,
  ...runner
}: ListOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<RunListView>('/runs', { account, automation, status, since, until, before, limit });
  if (format === 'json') {
    console.log(JSON.stringify(view));
    return EXIT.clean;
  }
  if (view.runs.length === 0) console.log('no runs');
  else
    console.log(
      renderTable([
        ['RUN', 'AUTOMATION', 'STATUS', 'ACCEPTED', 'TOOK', 'CALLED BY'],
        ...view.runs.map((run) => [
          run.id,
          `${run.account}/${run.automation}`,
          run.status,
          run.created_at,
          run.duration_ms === undefined ? '' : `${run.duration_ms} ms`,
          run.parent?.run ?? '',
        ]),
      ]),
    );
  if (view.next !== undefined) console.log(`There are older ones: --before ${view.next}`);
  return EXIT.clean;
}

/** `waybill runs show ID`: every step with its attempts, inputs and outputs. */
export async function show(id: string, options: ShowOptions): Promise<number> {
  const client = await RunnerClient.find(options);
  const { page, format } = options;
  return print(await client.get<RunDetailView>(`/runs/${encodeURIComponent(id)}`, { page }), format);
}

/** `waybill runs wait`: follows the next run that begins to its end. Exit code 1 where it did not succeed. */
export async function wait({ format, timeout, account, automation, ...runner }: WaitOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const signal = timeout === undefined ? new AbortController().signal : AbortSignal.timeout(timeout * 1000);
  let id: string | undefined;
  try {
    for await (const { kind, run, step } of client.events({ account, automation }, signal, sayWaiting)) {
      if (kind === 'run_accepted') id ??= run.id;
      if (run.id !== id) continue;
      if (kind === 'run_finished') break;
      if (format === 'json') continue;
      if (kind === 'run_accepted') console.log(renderRunLine(run));
      if (kind === 'attempt_finished' && step !== undefined && step.attempt.attempt > 0) {
        console.log(`${step.attempt.failure === undefined ? '✓' : '✗'} ${step.id}\n${renderAttempt(step.attempt)}`);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const what = id === undefined ? 'no run began' : `the run ${id} did not end`;
    throw new NotFoundError(`${what} within ${timeout} seconds`);
  }
  const detail = await client.get<RunDetailView>(`/runs/${id}`);
  if (format === 'json') return print(detail, format);
  console.log(renderRunLine(detail.run));
  const { failure, status } = detail.run;
  if (failure !== undefined)
    console.log(`    ${failure.message}${failure.help === undefined ? '' : `\n    ${failure.help}`}`);
  return status === 'succeeded' ? EXIT.clean : EXIT.findings;
}

function sayWaiting(): void {
  console.error('Waiting for the next run …');
}

function print(detail: RunDetailView, format: Format): number {
  console.log(format === 'json' ? JSON.stringify(detail) : renderRun(detail));
  const { status, finished_at } = detail.run;
  return finished_at === undefined || status === 'succeeded' ? EXIT.clean : EXIT.findings;
}
