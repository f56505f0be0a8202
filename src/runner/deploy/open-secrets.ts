import { openConnection } from '../../secrets/connection-file.ts';
import { secretPath } from '../../workspace/workspace.ts';
import type { Work } from './work.ts';

/** Opens each credential that the new plans need; an account with one that does not open is stalled. Gives how many opened. */
export async function openSecrets({ accounts, settings }: Work): Promise<number> {
  let opened = 0;
  for (const [account, result] of accounts) {
    if (result.kind !== 'compiled') continue;
    for (const connection of new Set(result.plans.flatMap(({ connections }) => connections))) {
      const path = secretPath(account, connection);
      try {
        const identities = await settings.identities(account);
        await openConnection(result.secrets.get(path) ?? '', { account, connection, identities });
        opened += 1;
      } catch (error) {
        const message = `${path} does not open: ${error instanceof Error ? error.message : String(error)}`;
        accounts.set(account, { kind: 'stalled', reason: { code: 'secret_not_opened', message } });
        break;
      }
    }
  }
  return opened;
}
