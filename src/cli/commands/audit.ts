import type { AuditListView } from '../../server/access-types.ts';
import { EXIT } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface AuditOptions extends RunnerOptions {
  account?: string;
  before?: number;
  limit: number;
  format: Format;
}

/** `waybill audit`: who changed what, newest first. */
export async function audit({ format, account, before, limit, ...runner }: AuditOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<AuditListView>('/audit', { account, before, limit });
  if (format === 'json') {
    console.log(JSON.stringify(view));
    return EXIT.clean;
  }
  const rows = view.entries.map((entry) => [
    entry.at,
    `${entry.name} (${entry.actor})`,
    entry.action,
    entry.target,
    String(entry.status),
    entry.address,
  ]);
  if (rows.length === 0) console.log('nothing was changed');
  else console.log(renderTable([['WHEN', 'WHO', 'CALL', 'WHAT', 'ANSWER', 'FROM'], ...rows]));
  if (view.next !== undefined) console.log(`There are older ones: --before ${view.next}`);
  return EXIT.clean;
}
