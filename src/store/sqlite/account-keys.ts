import type { AccountKeyStore } from '../store.ts';
import { text, texts } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createAccountKeyStore({ reader, writer, queue }: Connections): AccountKeyStore {
  const list = reader.prepare(
    'SELECT id, account, recipients, wrapped FROM account_keys WHERE account = ? ORDER BY position',
  );
  const put = writer.prepare(
    `INSERT INTO account_keys (id, account, recipients, wrapped) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET recipients = excluded.recipients, wrapped = excluded.wrapped`,
  );

  const needed = reader.prepare(
    `SELECT account FROM account_keys
     UNION SELECT account FROM deployment_entries JOIN plans ON digest = plan WHERE sealed = 1`,
  );

  return {
    needed: () => needed.all().map((row) => text(row, 'account')),
    list: (account) =>
      list.all(account).map((row) => ({
        id: text(row, 'id'),
        account: text(row, 'account'),
        recipients: texts(row, 'recipients'),
        wrapped: text(row, 'wrapped'),
      })),
    put: ({ id, account, recipients, wrapped }) =>
      queue.commit(() => void put.run(id, account, JSON.stringify(recipients), wrapped)),
  };
}
