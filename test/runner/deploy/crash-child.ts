/**
 * Brings a data folder to what the origin has, tells what serves, then takes up one more commit and kills itself in a step
 * of it: `before:<step>` when the step stands as running on disk, `in:<step>` a moment later, `switched` right after the
 * switch was committed, `end` not at all.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Reconciler } from '../../../src/runner/deploy/reconciler.ts';
import type { DeploySettings } from '../../../src/runner/deploy/work.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { gitSource, servingOf } from './origin.ts';

const [origin = '', data = '', where = ''] = process.argv.slice(2);
let armed = false;
const real = openSqliteStore(data);
const store: Store = {
  ...real,
  inventory: {
    ...real.inventory,
    saveReconciliation: async (record) => {
      await real.inventory.saveReconciliation(record);
      const running = record.steps.find(({ status }) => status === 'running')?.name;
      if (!armed || running === undefined) return;
      if (where === `before:${running}`) die();
      if (where === `in:${running}`) setTimeout(die, running === 'fetch' ? 30 : 1);
    },
  },
};
const settings: DeploySettings = {
  store,
  source: gitSource(origin, data),
  program: 'test',
  identities: () => Promise.resolve([]),
  secretsMustOpen: true,
  atomic: false,
  switchTo: () => {
    if (armed && where === 'switched') die();
    return Promise.resolve();
  },
  report: () => delay(20, 'told'),
  now: Date.now,
};
const reconciler = new Reconciler(settings);
await reconciler.recover();
await reconciler.reconcile('start');
const [, last] = real.inventory.reconciliations(2);
process.stdout.write(
  JSON.stringify({
    serving: servingOf(real),
    secrets: [...real.deployments.hookSecrets()],
    inventory: real.inventory.list().map(({ account, status, applied }) => [account, status, applied]),
    left: last?.steps.flatMap(({ name, status }) => (status === 'interrupted' ? [name] : [])),
    open: real.inventory.reconciliations(20).filter(({ finishedAt }) => finishedAt === undefined).length,
  }),
);
if (where !== 'end') {
  process.stdout.write('\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  armed = true;
  await reconciler.reconcile('push');
}
await real.close();

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
