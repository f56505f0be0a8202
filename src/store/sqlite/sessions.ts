import type { SessionStore } from '../store.ts';
import { integer, text } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createSessionStore({ reader, writer, queue }: Connections): SessionStore {
  const dropExpired = writer.prepare('DELETE FROM sessions WHERE expires_at <= ?');
  const insert = writer.prepare('INSERT INTO sessions (hash, token, expires_at) VALUES (?, ?, ?)');
  const get = reader.prepare('SELECT token, expires_at FROM sessions WHERE hash = ?');
  const drop = writer.prepare('DELETE FROM sessions WHERE hash = ?');
  const dropOf = writer.prepare('DELETE FROM sessions WHERE token = ?');

  return {
    insert: ({ hash, token, expiresAt }, at) =>
      queue.commit(() => {
        dropExpired.run(at);
        insert.run(hash, token, expiresAt);
      }),
    get: (hash) => {
      const row = get.get(hash);
      return row && { hash, token: text(row, 'token'), expiresAt: integer(row, 'expires_at') };
    },
    end: (hash) => queue.commit(() => void drop.run(hash)),
    endOf: (token) => queue.commit(() => void dropOf.run(token)),
  };
}
