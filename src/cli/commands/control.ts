import { parseJson } from '../../json/parse.ts';
import type { PauseListView, ReplayedView, RunSummaryView } from '../../server/api-types.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderRunLine } from '../render-run.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

interface ControlOptions extends RunnerOptions {
  format: Format;
}

export interface ReplayOptions extends ControlOptions {
  from?: string;
  trigger?: string;
  account?: string;
  automation?: string;
  status?: string;
  since?: string;
  until?: string;
  limit: number;
}

export interface ResolveOptions extends ControlOptions {
  happened?: string;
  repeat?: true;
  fail?: true;
}

/** `waybill runs cancel RUN`. */
export async function cancel(run: string, options: ControlOptions): Promise<number> {
  return change(run, 'cancel', '{}', options);
}

/** `waybill runs replay RUN`, or many by filter. Exit code 1 where some of many are refused. */
export async function replay(run: string | undefined, options: ReplayOptions): Promise<number> {
  const { from, trigger, account, automation, status, since, until, limit } = options;
  if (run !== undefined) {
    // The data goes on as it was written, so that no number in it is changed.
    const parts = [
      ...(from === undefined ? [] : [`"from":${JSON.stringify(from)}`]),
      ...(trigger === undefined ? [] : [`"trigger":${checked(trigger, '--trigger')}`]),
    ];
    return change(run, 'replay', `{${parts.join()}}`, options);
  }
  if (account === undefined || status === undefined)
    throw new UsageError(
      'say which: a run, or --account and --status',
      'waybill runs replay --account demo --status failed',
    );
  const client = await RunnerClient.find(options);
  const body = JSON.stringify({ account, automation, status, since, until, limit });
  const view = await client.post<ReplayedView>('/runs/replay', body);
  if (options.format === 'json') console.log(JSON.stringify(view));
  else {
    for (const one of view.started) console.log(`run ${one.id} replays ${one.origin}`);
    for (const one of view.refused) console.log(`not replayed: run ${one.run}: ${one.reason}`);
    if (view.started.length + view.refused.length === 0) console.log('nothing to replay');
  }
  return view.refused.length === 0 ? EXIT.clean : EXIT.findings;
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
