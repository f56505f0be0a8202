import type { ExplanationView, RunListView } from '../../server/api-types.ts';
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
  console.log(format === 'json' ? JSON.stringify(view) : render(view));
}

/** `waybill explain [RUN]`: why a run failed, left a step out or had nothing to work with; without RUN, the newest that failed. */
export async function explain(id: string | undefined, options: ExplainOptions): Promise<number> {
  const { format, account, automation, ...runner } = options;
  const client = await RunnerClient.find(runner);
  const run = id ?? (await newestFailed(client, { account, automation }));
  await showExplanation(client, run, format);
  return EXIT.clean;
}

async function newestFailed(
  client: RunnerClient,
  filter: { account: string | undefined; automation: string | undefined },
): Promise<string> {
  const { runs } = await client.get<RunListView>('/runs', { ...filter, status: 'failed', limit: 1 });
  const [newest] = runs;
  if (newest === undefined) throw new NotFoundError('no run has failed', 'name a run: waybill runs list');
  return newest.id;
}

function render({ run, headline, findings }: ExplanationView): string {
  const lines = [renderRunLine(run), '', `${headline}.`];
  for (const { what, because, edit } of findings) {
    lines.push('', what);
    lines.push(...because.map((reason) => `  because  ${reason}`));
    lines.push(...edit.map((way) => `  do       ${way}`));
  }
  return lines.join('\n');
}
