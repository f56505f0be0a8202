/** Writes runs with large values and prunes them, without an end; writes a dot for each round. Argument: the folder. */
import { LARGE_VALUE } from '../../src/store/sqlite/large-values.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { keepPlan, sampleRun } from './sample-store.ts';

const [folder = ''] = process.argv.slice(2);
const store = openSqliteStore(folder);
await keepPlan(store);
for (;;) {
  const runs = Array.from({ length: 10 }, (_, n) => sampleRun({ trigger: { n } }));
  await Promise.all(runs.map((run) => store.runs.insert(run)));
  const written = runs.map(async ({ id }, n) => {
    const key = { step: 'a', attempt: 1 };
    const input = { large: 'x'.repeat(LARGE_VALUE + 1) + String(n % 3) };
    await store.runs.beginAttempt({ run: id, key, effect: 'read', input, startedAt: 1 }, 'now');
    await store.runs.finish(id, 2, { status: 'succeeded' });
  });
  await Promise.all([...written, store.history.prune('acme', '', { now: Date.now(), endedBefore: Date.now() })]);
  process.stdout.write('.');
}
