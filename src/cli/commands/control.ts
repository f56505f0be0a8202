import { parseJson } from '../../json/parse.ts';
import type { DecidedRunsView, PauseListView, RunSummaryView } from '../../server/api-types.ts';
import { EXIT, NotFoundError, report, UsageError } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderRunLine } from '../render-run.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

interface ControlOptions extends RunnerOptions {
  format: Format;
}

/** Which runs, where none is named. */
export interface ManyOptions extends ControlOptions {
  account?: string;
  automation?: string;
  status?: string;
  since?: string;
  until?: string;
  limit: number;
}

export interface ReplayOptions extends ManyOptions {
  from?: string;
  trigger?: string;
}

export interface ResolveOptions extends ControlOptions {
  happened?: string;
  repeat?: true;
  fail?: true;
}

/** `waybill runs cancel RUN`, or many by filter. Exit code 1 where some of many are refused. */
export async function cancel(run: string | undefined, options: ManyOptions): Promise<number> {
  if (run !== undefined) return change(run, 'cancel', '{}', options);
  return many('cancel', options, { example: '--status queued', done: ({ id }) => `canceled: run ${id}` });
}

/** `waybill runs retry RUN...`, or many by filter. Exit code 1 where some of several are refused. */
export async function retry(runs: readonly string[], options: ManyOptions): Promise<number> {
  const [run, ...others] = runs;
  if (run === undefined) return many('retry', options, { example: '', done: ({ id }) => `run ${id} goes on` });
  if (others.length === 0) return change(run, 'retry', '{}', options);
  let code: number = EXIT.clean;
  for (const one of runs) {
    try {
      await change(one, 'retry', '{}', options);
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof NotFoundError)) throw error;
      report(error);
      code = EXIT.findings;
    }
  }
  return code;
}

/** `waybill runs replay RUN`, or many by filter. Exit code 1 where some of many are refused. */
export async function replay(run: string | undefined, options: ReplayOptions): Promise<number> {
  const { from, trigger } = options;
  if (run === undefined)
    return many('replay', options, {
      example: '--status failed',
      done: ({ id, origin }) => `run ${id} replays ${origin}`,
    });
  // The data goes on as it was written, so that no number in it is changed.
  const parts = [
    ...(from === undefined ? [] : [`"from":${JSON.stringify(from)}`]),
    ...(trigger === undefined ? [] : [`"trigger":${checked(trigger, '--trigger')}`]),
  ];
  return change(run, 'replay', `{${parts.join()}}`, options);
}

/** `waybill runs resolve RUN`: settles the doubt of an uncertain run. */
export async function resolve(run: string, { happened, repeat, fail, ...options }: ResolveOptions): Promise<number> {
  const bodies = [
    ...(happened === undefined ? [] : [`{"happened":true,"output":${checked(happened, '--happened')}}`]),
    ...(repeat === undefined ? [] : ['{"happened":false}']),
    ...(fail === undefined ? [] : ['{"happened":"unknown"}']),
  ];
  const [body, ...more] = bodies;
  if (body === undefined || more.length > 0) throw new UsageError('give one of --happened, --repeat and --fail');
  return change(run, 'resolve', body, options);
}

/** `waybill pause` and `resume`. */
export async function setPaused(
  how: 'pause' | 'resume',
  account: string,
  automation: string | undefined,
  options: ControlOptions,
): Promise<number> {
  const client = await RunnerClient.find(options);
  const view = await client.post<PauseListView>(`/${how}`, JSON.stringify({ account, automation }));
  if (options.format === 'json') console.log(JSON.stringify(view));
  else {
    const paused = view.pauses.map(
      (one) => `${one.account}${one.automation === undefined ? '' : `/${one.automation}`}`,
    );
    console.log(paused.length === 0 ? 'nothing is paused' : `paused: ${paused.join(', ')}`);
  }
  return EXIT.clean;
}

/** Decides the same of those that the options name. `example`: what they must name beside the account. */
async function many(
  what: 'cancel' | 'retry' | 'replay',
  options: ManyOptions,
  { example, done }: { example: string; done: (run: RunSummaryView) => string },
): Promise<number> {
  const { account, automation, status, since, until, limit } = options;
  const needsStatus = example !== '';
  if (account === undefined || (needsStatus && status === undefined))
    throw new UsageError(
      `say which: a run, or --account${needsStatus ? ' and --status' : ''}`,
      `waybill runs ${what} --account demo ${example}`.trim(),
    );
  const client = await RunnerClient.find(options);
  const body = JSON.stringify({ account, automation, status, since, until, limit });
  const view = await client.post<DecidedRunsView>(`/runs/${what}`, body);
  if (options.format === 'json') console.log(JSON.stringify(view));
  else {
    for (const one of view.done) console.log(done(one));
    for (const one of view.refused) console.log(`refused: run ${one.run}: ${one.reason}`);
    if (view.done.length + view.refused.length === 0) console.log(`nothing to ${what}`);
  }
  return view.refused.length === 0 ? EXIT.clean : EXIT.findings;
}

async function change(run: string, what: string, body: string, options: ControlOptions): Promise<number> {
  const client = await RunnerClient.find(options);
  const view = await client.post<RunSummaryView>(`/runs/${encodeURIComponent(run)}/${what}`, body);
  console.log(options.format === 'json' ? JSON.stringify(view) : renderRunLine(view));
  return EXIT.clean;
}

function checked(text: string, option: string): string {
  try {
    parseJson(text);
  } catch (error) {
    throw new UsageError(`${option} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return text;
}
