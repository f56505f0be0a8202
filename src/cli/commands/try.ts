import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { parseJson } from '../../json/parse.ts';
import type { Json } from '../../json/value.ts';
import type { RunDetailView, RunListView, RunSummaryView, SampleView } from '../../server/api-types.ts';
import { EXIT, NotFoundError, UsageError } from '../exit.ts';
import { followRun } from '../follow-run.ts';
import { lastCommitted } from '../last-committed.ts';
import { renderRun, renderRunLine } from '../render-run.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';
import { showExplanation } from './explain.ts';
import { wait } from './runs.ts';
import { url } from './url.ts';

export interface TryOptions extends RunnerOptions {
  /** `history`, `sample`, or a file. */
  from: string;
  /** At most so many. */
  records: number;
}

/** Starts one trial. */
type Start = (client: RunnerClient) => Promise<RunSummaryView>;

/** After the same failure so often, the next record would fail as well. */
const SAME_FAILURE = 3;

/**
 * `waybill try [ACCOUNT/AUTOMATION]`: runs it on the runner with real services, with what it was given before, and shows
 * step by step what came of it. Exit code 1 where a run does not succeed.
 */
export async function tryAutomation(
  name: string | undefined,
  { from, records, ...runner }: TryOptions,
): Promise<number> {
  const [account = '', automation = ''] = (name ?? (await lastCommitted(runner.workspace))).split('/');
  if (automation === '')
    throw new UsageError(`${name} is no automation`, 'write account/automation, such as demo/greet');
  const target = { account, automation };
  const client = await RunnerClient.find(runner);
  const sample = await client.get<SampleView>(`/automations/${account}/${automation}/sample`);
  const starts = (await startsOf(client, target, from, sample)).slice(0, records);
  if (starts.length > 0) return runAll(client, starts);
  if (sample.starts !== 'webhook')
    throw new NotFoundError(
      `${account}/${automation} has no history yet`,
      'give it something: --from sample, or --from FILE',
    );
  console.log('It has no history yet. Send it something:\n');
  await url(account, automation, { ...runner, format: 'text' });
  return wait({ ...runner, ...target, format: 'text' });
}

async function startsOf(
  client: RunnerClient,
  target: { account: string; automation: string },
  from: string,
  { trigger, issues, starts }: SampleView,
): Promise<Start[]> {
  if (from === 'history') {
    const { runs } = await client.get<RunListView>('/runs', { ...target, limit: 500 });
    // What really came, and not what was tried before.
    return runs
      .filter(({ origin, finished_at: finished }) => origin === undefined && finished !== undefined)
      .map(
        ({ id }) =>
          (to) =>
            to.post<RunSummaryView>(`/runs/${id}/replay`, '{}'),
      );
  }
  if (from === 'sample') {
    if (trigger === undefined)
      throw new UsageError(`no sample can be made of what ${starts} gives`, 'use --from history or --from FILE');
    if (issues.length > 0)
      throw new UsageError(`no sample can be made that fits: ${issues.join('; ')}`, 'write one: --from FILE');
    return [startWith(target, trigger)];
  }
  return (await recordsIn(from)).map((record) => startWith(target, { [partOf(starts)]: record }));
}

function startWith(target: { account: string; automation: string }, trigger: Json): Start {
  return (client) => client.post<RunSummaryView>('/runs', JSON.stringify({ ...target, trigger }));
}

/** What a record of a file is to the trigger. */
function partOf(starts: SampleView['starts']): string {
  return { webhook: 'body', manual: 'input', poll: 'event', event: 'event', schedule: 'at' }[starts];
}

/** The record of a JSON file, or those of a file of JSON Lines. */
async function recordsIn(file: string): Promise<Json[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `${file} cannot be read: ${reason}`,
      '--from is history, sample, or a file of JSON or JSON Lines',
    );
  }
  const texts = extname(file) === '.jsonl' ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  return texts.map((one, index) => {
    try {
      return parseJson(one);
    } catch (error) {
      const place = texts.length === 1 ? file : `${file}, line ${index + 1},`;
      throw new UsageError(`${place} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

/** One after another; then the steps of the one that failed first, or of the last. */
async function runAll(client: RunnerClient, starts: readonly Start[]): Promise<number> {
  const ended: RunDetailView[] = [];
  const failures = new Map<string, number>();
  for (const start of starts) {
    const detail = await followRun(client, (await start(client)).id);
    ended.push(detail);
    console.log(renderRunLine(detail.run));
    const { failure } = detail.run;
    if (failure === undefined) continue;
    const kind = `${failure.step} ${failure.code} ${failure.status ?? ''}`;
    failures.set(kind, (failures.get(kind) ?? 0) + 1);
    if (failures.get(kind) === SAME_FAILURE && ended.length < starts.length) {
      console.log(
        `The same failure came ${SAME_FAILURE} times: the other ${starts.length - ended.length} are not tried.`,
      );
      break;
    }
  }
  const failed = ended.find(({ run }) => run.status !== 'succeeded');
  const shown = failed ?? ended.at(-1);
  if (shown !== undefined) console.log(`\n${renderRun(shown)}`);
  if (failed === undefined) return EXIT.clean;
  console.log();
  await showExplanation(client, failed.run.id, 'text');
  return EXIT.findings;
}
