/** Goes through a long loop that counts in the storage, on a folder, until it is killed or the run has ended. */
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { automationOf, compileAutomation, deploy } from '../compiler/compile-text.ts';

const [folder = '', count = '0'] = process.argv.slice(2);
const store = openSqliteStore(folder);
const engine = new EmbeddedEngine({
  store,
  services: {
    caller: { call: () => Promise.reject(new Error('no calls here')) },
    credentials: { credential: () => Promise.reject(new Error('no credentials here')) },
    random: Math.random,
    timeout: startTimeout,
  },
  now: Date.now,
  maxConcurrentRuns: 5,
  onError: (error) => {
    throw error;
  },
});
engine.watch(({ kind }) => kind === 'attempt_finished' && process.stdout.write('.'));
let [run] = store.runs.list({ limit: 1 });
if (run === undefined) {
  const body = {
    type: 'object',
    required: ['items'],
    properties: { items: { type: 'array', items: { type: 'integer' } } },
  };
  const add = { id: 'add', uses: 'storage.increment', with: { key: 'n', by: '${{ item }}' } };
  const loop = { id: 'each', for_each: '${{ trigger.body.items }}', parallel: 4, steps: [add], output: '${{ item }}' };
  const { plans } = compileAutomation(automationOf([loop], body, { output: '${{ steps.each }}' }));
  const plan = (await deploy(store, plans)).get('example') ?? '';
  const items = Array.from({ length: Number(count) }, (_, n) => n);
  run = await engine.start({ account: 'acme', automation: 'example', plan, trigger: { body: { items } } });
} else engine.resume();
await engine.finished(run.id);
await engine.stop(0);
await store.close();
