import type { SubscriptionListView } from '../../server/api-types.ts';
import { EXIT } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

/** `waybill subscriptions`: what services are asked to send. Exit code 1 where something is not as it is wanted. */
export async function subscriptions({ format, ...runner }: RunnerOptions & { format: Format }): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<SubscriptionListView>('/subscriptions');
  if (format === 'json') console.log(JSON.stringify(view));
  else if (view.subscriptions.length === 0) console.log('no service is asked to send anything');
  else {
    const rows = view.subscriptions.map((one) => [
      `${one.account}/${one.connection}`,
      one.key === '' ? one.subscription : `${one.subscription} ${one.key}`,
      one.events.join(', '),
      one.status,
      one.expires_at ?? '',
      one.failure?.message ?? '',
    ]);
    console.log(renderTable([['CONNECTION', 'SUBSCRIPTION', 'EVENTS', 'STATUS', 'ENDS', 'FAILURE'], ...rows]));
    if (view.reason !== undefined) console.log(`\n${view.reason}`);
  }
  const settled = view.subscriptions.every(({ status, failure }) => status === 'active' && failure === undefined);
  return settled ? EXIT.clean : EXIT.findings;
}
