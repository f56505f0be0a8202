import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { aRun, withStore } from './with-store.ts';

test('another process that is killed leaves no lock behind', { timeout: 20_000 }, async () => {
  await withStore(async ({ folder, store }) => {
    await store.close();
    const module = join(import.meta.dirname, '../../src/store/sqlite/sqlite-store.ts');
    const code = `import { openSqliteStore } from ${JSON.stringify(module)};
      openSqliteStore(${JSON.stringify(folder)}); console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code]);
    await once(child.stdout, 'data');
    assert.throws(() => openSqliteStore(folder), { code: 'store_locked' });
    child.kill('SIGKILL');
    await once(child, 'close');
    const again = openSqliteStore(folder);
    await again.close();
  });
});

test('a folder that a newer Waybill wrote is refused as it is', async () => {
  await withStore(async ({ folder, store }) => {
    await store.close();
    const database = new DatabaseSync(join(folder, 'waybill.db'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    assert.throws(() => openSqliteStore(folder), { code: 'store_newer', message: /version 99/ });
  });
});

test('migrations are applied once, in order, each whole or not at all', () => {
  const database = new DatabaseSync(':memory:');
  const [first, second] = ['CREATE TABLE a (x)', 'CREATE TABLE b (x); INSERT INTO a VALUES (1)'];
  migrate(database, [first]);
  migrate(database, [first, second]);
  migrate(database, [first, second]);
  assert.equal(database.prepare('SELECT count(*) AS n FROM a').get()?.['n'], 1);
  assert.throws(() => migrate(database, [first, second, 'CREATE TABLE c (x); INSERT INTO nothing VALUES (1)']));
  assert.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], 2);
  assert.equal(database.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'c'").get()?.['n'], 0);
});

test('a full disk rejects what it cannot keep, loses nothing, and what comes after is kept', async () => {
  await withStore(async ({ folder, store }) => {
    const kept = aRun();
    await store.runs.insert(kept);
    await store.close();
    // SQLite's own limit on the file's size gives the same error as a disk without space.
    const limited = openSqliteStore(folder, { maxPages: 60 });
    const large = { body: { text: 'x'.repeat(100_000) } };
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => limited.runs.insert(aRun({ trigger: large }))),
    );
    const rejected = results.filter((result) => result.status === 'rejected');
    assert.ok(rejected.length > 0);
    for (const { reason } of rejected) assert.equal((reason as { code: string }).code, 'store_full');
    assert.equal(limited.runs.get(kept.id)?.id, kept.id);
    assert.equal(limited.runs.list({ limit: 100 }).length, 1 + results.length - rejected.length);
    const small = aRun();
    await limited.runs.insert(small);
    assert.equal(limited.runs.get(small.id)?.id, small.id);
    await limited.close();
  });
});
