import type { ExplanationView, RefusalExplanationView, RunListView } from '../../server/api-types.ts';
import { EXIT, NotFoundError } from '../exit.ts';
import type { Format } from '../options.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';
import { renderRunLine } from '../render-run.ts';

export interface ExplainOptions extends RunnerOptions {
  account?: string;
  automation?: string;
  format: Format;
}

/** Says why a run came out as it did. */
export async function showExplanation(client: RunnerClient, run: string, format: Format): Promise<void> {
  const view = await client.get<ExplanationView>(`/runs/${encodeURIComponent(run)}/explanation`);
  console.log(format === 'json' ? JSON.stringify(view) : render(renderRunLine(view.run), view));
}

/**
 * `waybill explain [ID]`: why a run failed, left a step out or had nothing to work with, or why a delivery was refused;
 * without ID, the newest run that failed.
 */
export async function explain(id: string | undefined, options: ExplainOptions): Promise<number> {
  const { format, account, automation, ...runner } = options;
  const client = await RunnerClient.find(runner);
  const run = id ?? (await newestFailed(client, { account, automation }));
  try {
    await showExplanation(client, run, format);
  } catch (error) {
    if (!(error instanceof NotFoundError) || !(await showRefusal(client, run, format))) throw error;
  }
  return EXIT.clean;
}

/** False where there is no refused delivery with this id. */
async function showRefusal(client: RunnerClient, id: string, format: Format): Promise<boolean> {
  let view: RefusalExplanationView;
  try {
    view = await client.get<RefusalExplanationView>(`/refusals/${encodeURIComponent(id)}/explanation`);
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
  const { received_at, run } = view.refusal;
  const line = `refused at ${received_at}${run === undefined ? '' : `, replayed as run ${run}`}`;
  console.log(format === 'json' ? JSON.stringify(view) : render(line, view));
  return true;
}

async function newestFailed(
  client: RunnerClient,
  filter: { account: string | undefined; automation: string | undefined },
): Promise<string> {
  const { runs } = await client.get<RunListView>('/runs', { ...filter, status: 'failed', limit: 1 });
  const [newest] = runs;
  if (newest === undefined)
    throw new NotFoundError(
      'no run has failed',
      'name a run or a refused delivery: waybill runs list, waybill refusals list',
    );
  return newest.id;
}

function render(first: string, { headline, findings }: Pick<ExplanationView, 'headline' | 'findings'>): string {
  const lines = [first, '', `${headline}.`];
  for (const { what, because, edit } of findings) {
    lines.push('', what);
    lines.push(...because.map((reason) => `  because  ${reason}`));
    lines.push(...edit.map((way) => `  do       ${way}`));
  }
  return lines.join('\n');
}
