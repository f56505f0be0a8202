import type { ConnectLinkView } from '../../server/access-types.ts';
import { EXIT } from '../exit.ts';
import { RunnerClient } from '../runner-client.ts';
import type { ConnectOptions } from '../connect-form.ts';

/** `waybill connect ACCOUNT CONNECTION --link`: a link to the runner's page, for somebody else. */
export async function connectLink(account: string, connection: string, options: ConnectOptions): Promise<number> {
  const { connector, expires, format } = options;
  const client = await RunnerClient.find(options);
  const body = JSON.stringify({ account, connection, connector, expires_in_s: expires });
  const view = await client.post<ConnectLinkView>('/connect-links', body);
  const url = view.url ?? client.url + view.path;
  if (format === 'json') {
    console.log(JSON.stringify({ account, connection, url, expires_at: view.expires_at }));
    return EXIT.clean;
  }
  console.log(url);
  console.error(
    `Good for ${account}/${connection}, once, until ${view.expires_at}. Who has it can give the credential.`,
  );
  return EXIT.clean;
}
