import type { StorageEntryView, StorageListView } from '../../server/api-types.ts';
import { EXIT } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface StorageOptions extends RunnerOptions {
  format: Format;
}

/** Longer values are cut in the list. */
const SHOWN = 80;

/** `waybill storage get ACCOUNT KEY`: the value as JSON, or where the format is JSON, the whole entry. */
export async function get(account: string, key: string, { format, ...runner }: StorageOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const path = `/storage/${encodeURIComponent(account)}/${encodeURIComponent(key)}`;
  const entry = await client.get<StorageEntryView>(path);
  console.log(JSON.stringify(format === 'json' ? entry : entry.value));
  return EXIT.clean;
}

/** `waybill storage list ACCOUNT`: by key. */
export async function list(
  account: string,
  { format, prefix, limit, ...runner }: StorageOptions & { prefix?: string; limit: number },
): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<StorageListView>(`/storage/${encodeURIComponent(account)}`, { prefix, limit });
  if (format === 'json') console.log(JSON.stringify(view));
  else if (view.entries.length === 0) console.log('nothing is stored');
  else console.log(renderTable([['KEY', 'WRITTEN', 'VALUE'], ...view.entries.map((entry) => row(entry))]));
  return EXIT.clean;
}

function row({ key, updated_at, value }: StorageEntryView): string[] {
  const text = JSON.stringify(value);
  return [key, updated_at, text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text];
}
