import type { SigningKeyStore } from '../subscriptions.ts';
import { text } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createSigningKeyStore({ reader, writer, queue }: Connections): SigningKeyStore {
  const get = reader.prepare('SELECT sealed FROM signing_keys WHERE account = ? AND hook = ? AND address = ?');
  const insert = writer.prepare(
    'INSERT OR IGNORE INTO signing_keys (account, hook, address, sealed) VALUES (?, ?, ?, ?)',
  );
  return {
    get: (account, hook, address) => {
      const row = get.get(account, hook, address);
      return row === undefined ? undefined : text(row, 'sealed');
    },
    insert: (account, hook, address, sealed) =>
      queue.commit(() => Number(insert.run(account, hook, address, sealed).changes) === 1),
  };
}
