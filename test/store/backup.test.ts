import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backUp, restoreBackup } from '../../src/store/sqlite/backup.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { keepPlan, newFolder, newStore, sampleRun } from './sample-store.ts';

const refused = (message: RegExp): object => ({ name: 'StoreError', message });

test('a backup that is made while runs are written holds a whole state, and becomes a data folder', async () => {
  const folder = newFolder();
  const store = openSqliteStore(folder);
  await keepPlan(store);
  const before = Array.from({ length: 50 }, () => sampleRun({ trigger: { body: 'x'.repeat(10_000) } }));
  await Promise.all(before.map((run) => store.runs.insert(run)));
  const during = Array.from({ length: 50 }, () => sampleRun());
  const written = Promise.all(during.map((run) => store.runs.insert(run)));
  const file = join(newFolder(), 'backup.db');
  backUp(folder, file);
  await written;
  await store.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);

  const restored = join(newFolder(), 'data');
  restoreBackup(file, restored);
  const again = openSqliteStore(restored);
  const kept = again.runs.list({ limit: 500 }).map(({ id }) => again.runs.get(id));
  assert.deepEqual(kept.slice(-50).toReversed(), before);
  assert.ok(kept.length === 50 || kept.length === 100, `${kept.length}: all of a commit or none of it`);
  await again.runs.insert(sampleRun());
  await again.close();
});

test('nothing is overwritten: no file by a backup, no data by a restored one', async () => {
  const folder = newFolder();
  await openSqliteStore(folder).close();
  const file = join(newFolder(), 'backup.db');
  backUp(folder, file);
  const bytes = readFileSync(file);
  assert.throws(() => backUp(folder, file), refused(/is there already/));
  assert.throws(() => backUp(folder, join(folder, 'nowhere/backup.db')), refused(/There is no folder .*nowhere/));
  assert.throws(() => restoreBackup(file, folder), refused(/holds data already/));
  assert.deepEqual(readFileSync(file), bytes);
  const logOnly = newFolder();
  writeFileSync(join(logOnly, 'waybill.db-wal'), 'x');
  assert.throws(() => restoreBackup(file, logOnly), refused(/holds data already/));
});

test('what is no backup, or is damaged, is refused before anything is made', async () => {
  const store = await newStore();
  await store.runs.insert(sampleRun());
  const folder = newFolder();
  const source = newFolder();
  const opened = openSqliteStore(source);
  await keepPlan(opened);
  await Promise.all(Array.from({ length: 200 }, () => opened.runs.insert(sampleRun())));
  const file = join(newFolder(), 'backup.db');
  backUp(source, file);
  await opened.close();
  const bytes = readFileSync(file);
  const cases = {
    'there is no file': undefined,
    'it is a text': Buffer.from('no database at all'),
    'it is cut': bytes.subarray(0, bytes.length / 2),
    'a page is overwritten': Buffer.concat([
      bytes.subarray(0, 4096 * 3),
      Buffer.alloc(4096, 7),
      bytes.subarray(4096 * 4),
    ]),
  };
  for (const [name, content] of Object.entries(cases)) {
    const bad = join(newFolder(), 'bad.db');
    if (content !== undefined) writeFileSync(bad, content);
    assert.throws(() => restoreBackup(bad, join(folder, 'data')), refused(/no file|no backup|damaged/), name);
    assert.equal(existsSync(join(folder, 'data')), false, name);
  }
  assert.throws(() => backUp(join(folder, 'data'), join(folder, 'b.db')), refused(/no runner has used it/));
});
