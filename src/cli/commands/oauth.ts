import type { OAuthConnectionView, OAuthLinkView, OAuthListView } from '../../server/oauth-types.ts';
import { EXIT, NotFoundError } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface OAuthOptions extends RunnerOptions {
  format: Format;
}

/** `waybill oauth link ACCOUNT CONNECTION` */
export async function link(account: string, connection: string, options: OAuthOptions): Promise<number> {
  const client = await RunnerClient.find(options);
  const view = await client.post<OAuthLinkView>(`${pathOf(account, connection)}/link`, '{}');
  if (options.format === 'json') console.log(JSON.stringify(view));
  else {
    console.log(view.url);
    console.error(`It is for one person, until ${view.expires_at}. Whoever opens it decides whose account is used.`);
  }
  return EXIT.clean;
}

/** `waybill oauth status [ACCOUNT [CONNECTION]]`: exit code 1 where a consent is owed. */
export async function status(
  account: string | undefined,
  connection: string | undefined,
  options: OAuthOptions,
): Promise<number> {
  const client = await RunnerClient.find(options);
  const { redirect_uri, connections: all } = await client.get<OAuthListView>('/oauth');
  const connections = all.filter(
    (one) => (account ?? one.account) === one.account && (connection ?? one.connection) === one.connection,
  );
  if (connections.length === 0 && account !== undefined) throw unknownConnection(all, account, connection);
  if (options.format === 'json') console.log(JSON.stringify({ redirect_uri, connections }));
  else console.log(connections.length === 0 ? 'Nothing that is deployed needs a consent.' : renderStates(connections));
  return connections.some((one) => one.status !== 'granted') ? EXIT.findings : EXIT.clean;
}

/** `waybill oauth revoke ACCOUNT CONNECTION` */
export async function revoke(account: string, connection: string, options: OAuthOptions): Promise<number> {
  const client = await RunnerClient.find(options);
  const view = await client.post<OAuthConnectionView>(`${pathOf(account, connection)}/revoke`, '{}');
  if (options.format === 'json') console.log(JSON.stringify(view));
  else
    console.log(`What was granted at ${view.title} is forgotten. Its automations are stalled until somebody consents.`);
  return EXIT.clean;
}

function pathOf(account: string, connection: string): string {
  return `/oauth/${encodeURIComponent(account)}/${encodeURIComponent(connection)}`;
}

function unknownConnection(
  all: readonly OAuthConnectionView[],
  account: string,
  connection: string | undefined,
): NotFoundError {
  const known = all.map((one) => `${one.account} ${one.connection}`).join(', ') || 'none';
  const what = connection === undefined ? account : `${connection} of ${account}`;
  return new NotFoundError(`nothing that is deployed needs a consent to ${what}`, `those that need one: ${known}`);
}

function renderStates(connections: readonly OAuthConnectionView[]): string {
  const rows = connections.map((one) => [one.account, one.connection, one.status, one.identity ?? '–', detailOf(one)]);
  return renderTable([['ACCOUNT', 'CONNECTION', 'STATUS', 'WHOSE', 'DETAIL'], ...rows]);
}

function detailOf({
  status: state,
  reason,
  granted_at,
  missing_scopes,
  page,
  account,
  connection,
}: OAuthConnectionView): string {
  const way = `${page}, or waybill oauth link ${account} ${connection}`;
  switch (state) {
    case 'granted':
      return `since ${granted_at}`;
    case 'missing':
    case 'revoked':
      return way;
    case 'lacking':
      return `lacks ${missing_scopes.join(', ')}: ${way}`;
    case 'expired':
      return `${reason ?? 'the service does not take it any more'}: ${way}`;
  }
}
