import type { NewTokenView, TokenListView, TokenView } from '../../server/api-types.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface TokensOptions extends RunnerOptions {
  format: Format;
}

export interface CreateTokenOptions extends TokensOptions {
  role: string;
  account: string[];
  allAccounts?: true;
  /** Seconds. */
  expires: number;
}

/** `waybill tokens create NAME`: the token is shown this once. */
export async function create(name: string, options: CreateTokenOptions): Promise<number> {
  const { format, role, account, allAccounts, expires, ...runner } = options;
  if ((account.length === 0) === (allAccounts === undefined))
    throw new UsageError('say for which accounts the token is', '--account NAME, once or more, or --all-accounts');
  const client = await RunnerClient.find(runner);
  const accounts = allAccounts === undefined ? account : 'all';
  const body = JSON.stringify({ name, role, accounts, expires_in_s: expires });
  const view = await client.post<NewTokenView>('/tokens', body);
  if (format === 'json') {
    console.log(JSON.stringify(view));
    return EXIT.clean;
  }
  console.log(view.token);
  console.error(
    `The token ${view.id}, ${view.role} of ${accountsOf(view)} until ${view.expires_at}. It is shown this once.`,
  );
  return EXIT.clean;
}

/** `waybill tokens list`: newest first. */
export async function list({ format, ...runner }: TokensOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.get<TokenListView>('/tokens');
  const rows = view.tokens.map((token) => [
    token.id,
    token.name,
    token.role,
    accountsOf(token),
    token.status,
    token.revoked_at ?? token.expires_at,
  ]);
  if (format === 'json') console.log(JSON.stringify(view));
  else if (rows.length === 0) console.log('there are no tokens');
  else console.log(renderTable([['TOKEN', 'NAME', 'ROLE', 'ACCOUNTS', 'STATUS', 'ENDS'], ...rows]));
  return EXIT.clean;
}

/** `waybill tokens revoke ID`: from now on, also for browsers that are signed in with it. */
export async function revoke(id: string, { format, ...runner }: TokensOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  const view = await client.delete<TokenView>(`/tokens/${encodeURIComponent(id)}`);
  console.log(
    format === 'json' ? JSON.stringify(view) : `${view.id} (${view.name}) is revoked since ${view.revoked_at}`,
  );
  return EXIT.clean;
}

function accountsOf({ accounts }: TokenView): string {
  return accounts === 'all' ? 'all accounts' : accounts.join(', ');
}
