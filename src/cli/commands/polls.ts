import type { PollListView } from '../../server/poll-types.ts';
import { EXIT } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

/** `waybill polls`: what services are asked again and again. Exit code 1 where the last poll of one failed. */
export async function polls({ format, ...runner }: RunnerOptions & { format: Format }): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<PollListView>('/polls');
  if (format === 'json') console.log(JSON.stringify(view));
  else if (view.polls.length === 0) console.log('no service is asked');
  else {
    const rows = view.polls.map(({ account, automation, on, every_ms, polled_at, failure }) => [
      `${account}/${automation}`,
      on,
      `${every_ms / 1000} s`,
      polled_at ?? 'never',
      failure?.message ?? '',
    ]);
    console.log(renderTable([['AUTOMATION', 'ON', 'EVERY', 'ANSWERED', 'FAILURE'], ...rows]));
  }
  return view.polls.some(({ failure }) => failure !== undefined) ? EXIT.findings : EXIT.clean;
}
