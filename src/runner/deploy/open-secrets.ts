import { secretPath } from '../../workspace/workspace.ts';
import { WorkspaceCredentials } from '../credentials.ts';
import type { Work } from './work.ts';

/** Opens each credential that the new plans need; an account with one that does not open is stalled. Gives how many opened. */
export async function openSecrets({ accounts, settings }: Work): Promise<number> {
  let opened = 0;
  for (const [account, result] of accounts) {
    if (result.kind !== 'compiled') continue;
    const credentials = new WorkspaceCredentials(settings.identities);
    credentials.use(result.secrets);
    const needed = new Map(result.plans.flatMap((plan) => plan.connections.map((one) => [one.name, one.shared])));
    for (const [connection, shared] of needed) {
      try {
        await credentials.credential(account, connection, shared);
        opened += 1;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const message = `${secretPath(account, connection)} does not open: ${reason}`;
        accounts.set(account, { kind: 'stalled', reason: { code: 'secret_not_opened', message } });
        break;
      }
    }
  }
  return opened;
}
