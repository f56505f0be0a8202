/** Holds a store, says which runs it keeps, and goes on until it is killed. */
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { keepPlan, sampleRun } from './sample-store.ts';

const store = openSqliteStore(process.argv[2] ?? '');
await keepPlan(store);
for (;;) {
  const run = sampleRun();
  await store.runs.insert(run);
  process.stdout.write(`${run.id}\n`);
}
