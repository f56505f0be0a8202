import { connectionForm, openWorkspace, type ConnectionForm } from '../runner/connecting/connection-form.ts';
import type { WorkspaceWriter } from '../runner/connecting/workspace-writer.ts';
import { SHARED } from '../workspace/workspace.ts';
import { UsageError } from './exit.ts';

/** Options of `waybill connect`, in all its ways. */
export interface ConnectOptions {
  workspace?: string;
  data?: string;
  connector?: string;
  stdin?: true;
  web?: true;
  link?: true;
  reroute: string[];
  allowPrivate: string[];
  /** Seconds. */
  expires: number;
  format: 'text' | 'json';
}

/** What a connection of the workspace asks for. Throws `UsageError` and `ConnectError`. */
export async function findForm(
  writer: WorkspaceWriter,
  account: string,
  name: string,
  connector: string | undefined,
): Promise<ConnectionForm> {
  const opened = openWorkspace(await writer.read());
  const known = [...opened.workspace.accounts.keys()];
  if (account !== SHARED && !known.includes(account))
    throw new UsageError(
      `there is no valid automations/${account}/account.json`,
      `accounts: ${known.join(', ') || 'none'}`,
    );
  return connectionForm(opened, account, name, connector);
}
