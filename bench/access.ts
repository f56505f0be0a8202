/**
 * What the guard costs a call of the API: who calls, by a token's hash in the store, and whether the role and the accounts
 * allow it. `GET /me` with a token, against a Fastify server that answers the same and asks nobody. Rounds of the two take
 * turns, and the best of each counts, so that what else the machine does weighs on both.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { FolderSource } from '../src/runner/deploy/folder-source.ts';
import { Runner } from '../src/runner/runner.ts';
import { hashOf, mintToken } from '../src/server/access/callers.ts';
import { createServer } from '../src/server/server.ts';

const [ROUNDS, CALLS, CONCURRENCY] = [7, 4000, 16];

const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-access-'));
const runner = new Runner({
  source: new FolderSource(folder),
  data: join(folder, 'data'),
  identities: () => Promise.resolve([]),
  reroutes: new Map(),
  onError: (error) => console.error(error),
});
const token = mintToken();
const accounts = Array.from({ length: 100 }, (_none, index) => `account-${index}`);
const life = { createdAt: Date.now(), createdBy: 'owner', expiresAt: Date.now() + 3_600_000 };
const rights = { role: 'viewer', accounts, accountRoles: { 'account-7': 'editor' } };
await runner.store.tokens.insert({ id: 'bench', hash: hashOf(token), name: 'bench', ...rights, ...life });
const guarded = createServer(runner, { token: mintToken() });
const floor = Fastify();
const me = { id: 'bench', name: 'bench', role: 'viewer', accounts, account_roles: rights.accountRoles };
floor.get('/api/v1/me', () => me);

const pools = await Promise.all([floor, guarded].map(async (app) => new Pool(await app.listen({ port: 0 }))));
const best = [Infinity, Infinity];
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [index, pool] of pools.entries())
    best[index] = Math.min(best[index] ?? Infinity, await microseconds(pool));
}
const [without = Number.NaN, withGuard = Number.NaN] = best;
console.log(`a call without the guard: ${without.toFixed(0)} µs`);
console.log(`a call with the guard:    ${withGuard.toFixed(0)} µs`);
console.log(`the guard: ${(withGuard - without).toFixed(0)} µs, a ratio of ${(withGuard / without).toFixed(2)}`);
await Promise.all(pools.map((pool) => pool.close()));
await Promise.all([floor.close(), guarded.close()]);
await runner.close();
rmSync(folder, { recursive: true });

/** Microseconds that each call took of the time that all took together. */
async function microseconds(pool: Pool): Promise<number> {
  let left = CALLS;
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const headers = { authorization: `Bearer ${token}` };
      const { statusCode, body } = await pool.request({ path: '/api/v1/me', method: 'GET', headers });
      await body.dump();
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  return ((performance.now() - started) / CALLS) * 1000;
}
