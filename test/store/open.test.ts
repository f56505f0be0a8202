import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { MIGRATIONS, migrate, schemaVersion } from '../../src/store/sqlite/migrate.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { newFolder } from './sample-store.ts';

function tablesOf(database: DatabaseSync): unknown[] {
  return database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .all()
    .map(({ name }) => name);
}

test('a new folder is made, for its owner alone, with every table', async () => {
  const folder = join(newFolder(), 'deep', 'data');
  const store = openSqliteStore(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  for (const name of ['waybill.db', 'waybill.db-wal', 'waybill.db-shm'])
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  assert.deepEqual([store.deployments.list(9), store.refusals.list({ limit: 9 })], [[], []]);
  assert.deepEqual([...store.runs.ready()], []);
  await store.close();
  const database = new DatabaseSync(join(folder, 'waybill.db'));
  assert.equal(schemaVersion(database), MIGRATIONS.length);
  assert.deepEqual(tablesOf(database), [
    'account_history',
    'account_keys',
    'account_recipients',
    'account_secrets',
    'attempts',
    'audit',
    'consents',
    'deliveries',
    'deploy_control',
    'deployment_entries',
    'deployments',
    'former_hooks',
    'grants',
    'hooks',
    'inventory',
    'large_value_uses',
    'large_values',
    'pauses',
    'plans',
    'poll_items',
    'polls',
    'reconciliations',
    'refusals',
    'runs',
    'schedules',
    'sessions',
    'signing_keys',
    'storage',
    'subscriptions',
    'tokens',
  ]);
  database.close();
});

test('only the migrations that the database has not had are applied', () => {
  const database = new DatabaseSync(':memory:');
  const [first, second] = ['CREATE TABLE a (x)', 'CREATE TABLE b (x)'];
  migrate(database, [first]);
  migrate(database, [first, second]);
  migrate(database, [first, second]);
  assert.deepEqual([schemaVersion(database), tablesOf(database)], [2, ['a', 'b']]);
});

test('refusals of an older store are kept', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, MIGRATIONS.slice(0, 2));
  database.exec(`INSERT INTO refusals VALUES (4, 'a', 'acme', 'example', 1, 400, 'why', '{"é":1}')`);
  migrate(database);
  const row = database.prepare('SELECT number, id, reason, query, headers, body, cut, run FROM refusals').get();
  const body = new Uint8Array(Buffer.from('{"é":1}'));
  assert.deepEqual(
    { ...row },
    { number: 4, id: 'a', reason: 'why', query: '', headers: '{}', body, cut: 0, run: null },
  );
});

test('a migration that fails leaves the version before it, whole', () => {
  const database = new DatabaseSync(':memory:');
  const failing = 'CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)';
  assert.throws(() => migrate(database, ['CREATE TABLE a (x)', failing]), /nowhere/);
  assert.deepEqual([schemaVersion(database), tablesOf(database)], [1, ['a']]);
  migrate(database, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
  assert.equal(schemaVersion(database), 2);
});

test('the store of a newer version is refused, untouched, and the folder is free again', async () => {
  const folder = newFolder();
  await openSqliteStore(folder).close();
  const setVersion = (version: number): void => {
    const database = new DatabaseSync(join(folder, 'waybill.db'));
    database.exec(`PRAGMA user_version = ${version}`);
    database.close();
  };
  setVersion(MIGRATIONS.length + 1);
  for (let attempt = 0; attempt < 2; attempt++)
    assert.throws(() => openSqliteStore(folder), { name: 'StoreError', code: 'store_newer', message: /newer Waybill/ });
  setVersion(MIGRATIONS.length);
  await openSqliteStore(folder).close();
});

test('a folder that cannot be used is a StoreError that says so', () => {
  const unavailable = { name: 'StoreError', code: 'store_unavailable' };
  const folder = newFolder();
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => openSqliteStore(join(folder, 'file')), unavailable);
  assert.throws(() => openSqliteStore(join(folder, 'file', 'below')), unavailable);
  mkdirSync(join(folder, 'locked', 'lock.db'), { recursive: true });
  assert.throws(() => openSqliteStore(join(folder, 'locked')), unavailable);
  mkdirSync(join(folder, 'other'));
  writeFileSync(join(folder, 'other', 'waybill.db'), 'this is no database, but somebody’s notes. '.repeat(100));
  assert.throws(() => openSqliteStore(join(folder, 'other')), unavailable);
});

test('what is asked for after closing is refused; closing again is nothing', async () => {
  const store = openSqliteStore(newFolder());
  const pending = store.deployments.hookSecret('acme', 'example');
  await Promise.all([store.close(), store.close()]);
  assert.match(await pending, /./);
  await assert.rejects(store.deployments.activate('test', 1, [], new Map()), { code: 'store_closed' });
  await store.close();
});
