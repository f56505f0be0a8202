/** Runs the embedded engine on a folder until it is killed, or all runs have ended. */
import type { ActionCaller } from '../../src/connectors/action-call.ts';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { callingPlans } from './sample-plan.ts';

const [folder = '', ledger = '', count = '0', keyed] = process.argv.slice(2);
const store = openSqliteStore(folder);
const caller: ActionCaller = {
  call: async ({ action, input, idempotencyKey: key }) => {
    const body = JSON.stringify({ effect: action.effect, input, key });
    const response = await fetch(ledger, { method: 'POST', body });
    return { ok: true, output: (await response.json()) as { n: number } };
  },
};
const engine = new EmbeddedEngine({
  store,
  services: {
    caller,
    credentials: { credential: () => Promise.reject(new Error('no credentials here')) },
    random: Math.random,
    timeout: startTimeout,
  },
  now: Date.now,
  maxConcurrentRuns: 20,
  onError: (error) => {
    throw error;
  },
});
engine.resume();
const { called, calling } = callingPlans((plan) => {
  const write = plan.connectors['ledger']?.actions['write'];
  if (keyed !== undefined && write !== undefined) write.idempotency = { header: 'Idempotency-Key', lifetime: '1h' };
  return plan;
});
const { digest, text } = calling;
if (count !== '0') {
  await store.deployments.activate(
    'test',
    Date.now(),
    [{ account: 'acme', automation: 'example', plan: digest }],
    new Map([
      [called.digest, called.text],
      [digest, text],
    ]),
  );
}
await Promise.all(
  Array.from({ length: Number(count) }, async (_, n) => {
    const run = await engine.start({ account: 'acme', automation: 'example', plan: digest, trigger: { body: { n } } });
    // Only what was said out loud counts as accepted.
    process.stdout.write(`${run.id}\n`);
  }),
);
const unfinished = ['queued', 'running', 'waiting'] as const;
while (unfinished.some((status) => store.runs.list({ status, limit: 1 }).length > 0))
  await new Promise((resolve) => setTimeout(resolve, 20));
await engine.stop(0);
await store.close();
