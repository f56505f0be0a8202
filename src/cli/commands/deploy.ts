import type { DeployView } from '../../server/api-types.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Format } from '../options.ts';
import { renderDeploy } from '../render-deploy.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface DeployOptions extends RunnerOptions {
  account?: string;
  format: Format;
}

/** `waybill deploy status`: how each account is deployed. Exit code 1 where something is stalled. */
export async function status({ format, account, ...runner }: DeployOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  return print(await client.get<DeployView>('/deploy'), format, account);
}

/** `waybill deploy now|unpin`: asks, waits for the end and shows what it came to. */
export async function act(action: 'now' | 'unpin', { format, ...runner }: DeployOptions): Promise<number> {
  const client = await RunnerClient.find(runner);
  return print(await client.post<DeployView>(`/deploy/${action}`, '{}'), format, undefined);
}

/** `waybill deploy pin|rollback [COMMIT]` */
export async function stay(
  action: 'pin' | 'rollback',
  commit: string | undefined,
  { format, ...runner }: DeployOptions,
): Promise<number> {
  const client = await RunnerClient.find(runner);
  return print(await client.post<DeployView>(`/deploy/${action}`, JSON.stringify({ commit })), format, undefined);
}

/** `waybill deploy suspend|resume [--account NAME]` */
export async function suspension(
  action: 'suspend' | 'resume',
  { format, account, ...runner }: DeployOptions,
): Promise<number> {
  const client = await RunnerClient.find(runner);
  return print(await client.post<DeployView>(`/deploy/${action}`, JSON.stringify({ account })), format, account);
}

function print(view: DeployView, format: Format, account: string | undefined): number {
  const accounts = view.accounts.filter((entry) => account === undefined || entry.account === account);
  if (account !== undefined && accounts.length === 0) throw new UsageError(`there is no account ${account}`);
  const shown = { ...view, accounts };
  console.log(format === 'json' ? JSON.stringify(shown) : renderDeploy(shown, account !== undefined));
  const stalled = account === undefined ? view.whole?.status === 'stalled' : accounts[0]?.status === 'stalled';
  const waiting = accounts.some(({ stalled_automations: automations }) => automations.length > 0);
  return stalled || waiting ? EXIT.findings : EXIT.clean;
}
