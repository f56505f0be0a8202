import { randomBytes } from 'node:crypto';
import type { HookRotationStore } from '../store.ts';
import { text } from './row.ts';
import type { Connections } from './sqlite-store.ts';

/** Bytes of the secret part of an address: nobody finds it by trying. */
export const HOOK_SECRET_BYTES = 32;

export function createHookRotationStore({ reader, writer, queue }: Connections): HookRotationStore {
  const keepFormer = writer.prepare(
    `INSERT INTO former_hooks (account, automation, secret, until)
     SELECT account, automation, secret, ? FROM hooks WHERE account = ? AND automation = ?`,
  );
  const shorten = writer.prepare('UPDATE former_hooks SET until = min(until, ?) WHERE account = ? AND automation = ?');
  const dropPast = writer.prepare('DELETE FROM former_hooks WHERE until <= ?');
  const replace = writer.prepare('UPDATE hooks SET secret = ? WHERE account = ? AND automation = ?');
  const former = reader.prepare('SELECT secret FROM former_hooks WHERE account = ? AND automation = ? AND until > ?');

  return {
    rotate: (account, automation, at, until) =>
      queue.commit(() => {
        keepFormer.run(until, account, automation);
        shorten.run(until, account, automation);
        dropPast.run(at);
        const secret = randomBytes(HOOK_SECRET_BYTES).toString('base64url');
        return Number(replace.run(secret, account, automation).changes) === 1 ? secret : undefined;
      }),
    former: (account, automation, at) => former.all(account, automation, at).map((row) => text(row, 'secret')),
  };
}
