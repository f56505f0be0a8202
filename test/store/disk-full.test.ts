import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { CommitQueue } from '../../src/store/sqlite/commit-queue.ts';
import { createDeploymentStore } from '../../src/store/sqlite/deployments.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { createRunStore } from '../../src/store/sqlite/runs.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { Values } from '../../src/store/sqlite/values.ts';
import { keepPlan, newFolder, sampleRun } from './sample-store.ts';

const CHILD = join(import.meta.dirname, 'disk-child.ts');

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

async function reportOf(command: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(command, args);
  return JSON.parse(stdout);
}

test('a write that finds the database full fails with its whole group; with room again the store goes on', async () => {
  const file = join(newFolder(), 'waybill.db');
  const writer = new DatabaseSync(file, { enableForeignKeyConstraints: true });
  writer.exec('PRAGMA journal_mode = WAL');
  migrate(writer);
  const reader = new DatabaseSync(file, { readOnly: true });
  const connections = {
    reader,
    writer,
    queue: new CommitQueue(writer, () => Promise.resolve()),
    values: new Values(writer, undefined),
  };
  const [runs, deployments] = [createRunStore(connections), createDeploymentStore(connections)];
  const listed = () => runs.list({ limit: 9 }).map(({ id }) => runs.get(id));
  await keepPlan({ deployments });
  const kept = sampleRun();
  await runs.insert(kept);
  writer.exec('PRAGMA max_page_count = 40');

  const run = { id: kept.id, account: 'acme' };
  const increment = { kind: 'increment', key: 'count', by: 1 } as const;
  const small = runs.storageAttempt(run, { step: 'small', attempt: 1 }, null, increment, 1);
  const buildsOnIt = small.result.then(() => runs.insert(sampleRun()));
  const failures = await Promise.allSettled([
    small.durable,
    runs.insert(sampleRun({ trigger: { body: 'x'.repeat(1_000_000) } })),
    runs.insert(sampleRun()),
    buildsOnIt,
  ]);
  assert.deepEqual(
    failures.map((result) => result.status === 'rejected' && (result.reason as { code?: string }).code),
    Array.from({ length: 4 }, () => 'store_full'),
  );
  assert.deepEqual([listed(), runs.attempts(kept.id)], [[kept], []]);

  const next = sampleRun();
  await runs.insert(next);
  writer.exec('PRAGMA max_page_count = 100000');
  const large = sampleRun({ trigger: { body: 'x'.repeat(1_000_000) } });
  await runs.insert(large);
  assert.deepEqual(listed(), [large, next, kept]);
  reader.close();
  writer.close();
});

test('a disk that fails in the middle of a group takes all of the group back, and leaves the queue at work', async () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (x)');
  const queue = new CommitQueue(database, () => Promise.resolve());
  const write = (x: number) => () => database.prepare('INSERT INTO t VALUES (?)').run(x);
  const results = await Promise.allSettled([
    queue.commit(write(1)),
    queue.commit(() => {
      // SQLITE_IOERR_READ, as node:sqlite throws it; SQLite does not always end the transaction by itself.
      throw Object.assign(new Error('disk I/O error'), { errcode: 266 });
    }),
    queue.commit(write(2)),
  ]);
  assert.deepEqual(
    results.map((result) => result.status === 'rejected' && (result.reason as { code?: string }).code),
    ['store_unavailable', 'store_unavailable', 'store_unavailable'],
  );
  await queue.commit(write(3));
  assert.deepEqual(
    database
      .prepare('SELECT x FROM t')
      .all()
      .map(({ x }) => x),
    [3],
  );
});

test('a write is durable when the sync after its commit has ended, and the next ones are written meanwhile', async () => {
  const { queue, syncs, count } = heldQueue();
  const settled: string[] = [];
  void queue.commit(() => 1).then(() => settled.push('first'));
  await turns();
  const second = queue.commit(() => 2).then(() => settled.push('second'));
  await turns();
  assert.deepEqual([count(), syncs.length, settled], [2, 2, []], 'both are committed, and nobody was told');
  syncs[0]?.resolve();
  await turns();
  assert.deepEqual(settled, ['first']);
  const closed = queue.close().then(() => settled.push('closed'));
  await turns();
  assert.deepEqual(settled, ['first'], 'closing waits for what is not durable yet');
  syncs[1]?.resolve();
  await Promise.all([second, closed]);
  assert.equal(settled.length, 3);
});

test('after a sync that failed nothing is kept any more', async () => {
  const { queue, syncs } = heldQueue();
  const refused = { name: 'StoreError', code: 'store_broken' };
  const first = assert.rejects(
    queue.commit(() => 1),
    refused,
  );
  await turns();
  syncs[0]?.reject(new Error('EIO'));
  await first;
  await assert.rejects(
    queue.commit(() => 2),
    refused,
  );
});

/** A queue whose syncs the test ends; `count` tells how many writes are committed. */
function heldQueue(): { queue: CommitQueue; syncs: PromiseWithResolvers<void>[]; count: () => number } {
  const syncs: PromiseWithResolvers<void>[] = [];
  let committed = 0;
  const sync = (): Promise<void> => {
    const held = Promise.withResolvers<void>();
    syncs.push(held);
    return held.promise;
  };
  const queue = new CommitQueue(new DatabaseSync(':memory:'), sync, { onCommit: (writes) => (committed += writes) });
  return { queue, syncs, count: () => committed };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const expected = (code: string) => ({
  whileFull: [code],
  readWhileFull: ['before'],
  afterwards: 'kept',
  reopened: ['after', 'before'],
});

test(
  'a disk that refuses to write fails the group, loses nothing, and the store goes on when it works again',
  { skip: !works('prlimit', '--version') && 'needs prlimit' },
  async () => {
    assert.deepEqual(await reportOf(process.execPath, CHILD, newFolder(), 'limit'), expected('store_unavailable'));
  },
);

const mount = 'mount -t tmpfs -o size=2m none "$0"';

test(
  'a disk that is full says so, loses nothing, and the store goes on when there is room',
  { skip: !works('unshare', '-Urm', 'sh', '-c', mount, '/mnt') && 'needs a mount of one’s own' },
  async () => {
    const script = `${mount} && exec "$1" "$2" "$0" ballast`;
    const report = await reportOf('unshare', '-Urm', 'sh', '-c', script, newFolder(), process.execPath, CHILD);
    assert.deepEqual(report, expected('store_full'));
  },
);

test(
  'a backup to a disk that is full names that disk, and leaves nothing of itself',
  { skip: !works('unshare', '-Urm', 'sh', '-c', mount, '/mnt') && 'needs a mount of one’s own' },
  async () => {
    const [data, target] = [newFolder(), newFolder()];
    const store = openSqliteStore(data);
    await keepPlan(store);
    await store.runs.insert(sampleRun({ trigger: { body: 'x'.repeat(4_000_000) } }));
    await store.close();
    const script = `${mount} && exec "$1" "$2" "$3" "$0/backup.db"`;
    const child = join(import.meta.dirname, 'backup-child.ts');
    const report = await reportOf('unshare', '-Urm', 'sh', '-c', script, target, process.execPath, child, data);
    const failure = `StoreError: The disk of ${join(target, 'backup.db')} is full; there is no backup.`;
    assert.deepEqual(report, { failure, left: [] });
  },
);
