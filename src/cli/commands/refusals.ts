import type { RefusalListView, RefusalView, RunSummaryView } from '../../server/api-types.ts';
import { EXIT } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface RefusalOptions extends RunnerOptions {
  format: Format;
}

export interface RefusalListOptions extends RefusalOptions {
  account?: string;
  automation?: string;
  limit: number;
}

/** `waybill refusals list`: newest first. */
export async function list({ format, account, automation, limit, ...runner }: RefusalListOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<RefusalListView>('/refusals', { account, automation, limit });
  if (format === 'json') console.log(JSON.stringify(view));
  else if (view.refusals.length === 0) console.log('nothing was refused');
  else {
    const rows = view.refusals.map(({ id, received_at, status, reason, run, ...names }) => [
      id,
      `${names.account}/${names.automation}`,
      received_at,
      String(status),
      run === undefined ? reason : `${reason} (replayed as run ${run})`,
    ]);
    console.log(renderTable([['REFUSAL', 'AUTOMATION', 'RECEIVED', 'STATUS', 'REASON'], ...rows]));
  }
  return EXIT.clean;
}

/** `waybill refusals show ID`: the delivery as it came. */
export async function show(id: string, { format, ...runner }: RefusalOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<RefusalView>(`/refusals/${encodeURIComponent(id)}`);
  if (format === 'json') {
    console.log(JSON.stringify(view));
    return EXIT.clean;
  }
  const { account, automation, received_at, status, reason, run, query, headers, body, cut } = view;
  const lines = [
    `${account}/${automation} answered ${status} at ${received_at}: ${reason}`,
    ...(run === undefined ? [] : [`replayed as run ${run}`]),
    ...(query === '' ? [] : [`query    ${query}`]),
    ...Object.entries(headers).map(([name, value]) => `header   ${name}: ${value}`),
    '',
    body,
    ...(cut ? ['… the body was longer than what is kept, so it cannot be replayed'] : []),
  ];
  console.log(lines.join('\n'));
  return EXIT.clean;
}

/** `waybill refusals replay ID`: takes it once more. */
export async function replay(id: string, { format, ...runner }: RefusalOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const { id: run } = await client.post<RunSummaryView>(`/refusals/${encodeURIComponent(id)}/replay`, '{}');
  console.log(format === 'json' ? JSON.stringify({ run }) : `accepted as run ${run}: waybill runs show ${run}`);
  return EXIT.clean;
}
