import type { HistoryView } from '../../server/history-types.ts';
import { EXIT } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface HistoryOptions extends RunnerOptions {
  account?: string;
  format: Format;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** `waybill history`: what the runs of each account take, and how long they are kept. */
export async function history({ format, account, ...runner }: HistoryOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<HistoryView>('/history', { account });
  if (format === 'json') {
    console.log(JSON.stringify(view));
    return EXIT.clean;
  }
  const rows = view.accounts.map((one) => [
    one.account,
    String(one.runs),
    size(one.bytes),
    one.oldest ?? '',
    span(one.keep_ms, 'for good'),
    span(one.keep_failed_ms, 'until run again'),
    one.max_bytes === undefined ? 'no bound' : size(one.max_bytes),
  ]);
  if (rows.length === 0) console.log('there is no history yet');
  else console.log(renderTable([['ACCOUNT', 'RUNS', 'TAKE', 'OLDEST', 'KEPT', 'FAILED KEPT', 'AT MOST'], ...rows]));
  return EXIT.clean;
}

function span(milliseconds: number | undefined, otherwise: string): string {
  if (milliseconds === undefined) return otherwise;
  return milliseconds % DAY_MS === 0 ? `${milliseconds / DAY_MS}d` : `${milliseconds / HOUR_MS}h`;
}

function size(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
