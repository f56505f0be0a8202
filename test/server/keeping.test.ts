import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { tell } from '../../src/cli/runner-process.ts';
import { Keeping } from '../../src/runner/keeping.ts';
import type { ErrorView, HealthView } from '../../src/server/api-types.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { withWorkspace } from './with-workspace.ts';

const automation = {
  name: 'Keeps',
  trigger: { webhook: { body: { type: 'object' }, verify: 'none' } },
  steps: [{ id: 'count', uses: 'storage.increment', with: { key: 'count', by: 1 } }],
};

test('while nothing can be kept, senders and health are told why; the log once', async () => {
  const errors: unknown[] = [];
  await withWorkspace(
    { automations: { keeps: automation } },
    async (served) => {
      const { url, folder, runner } = served;
      const post = async (): Promise<{ status: number; text: string }> => {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(served.hook('keeps'), { method: 'POST', headers, body: '{}' });
        return { status: response.status, text: await response.text() };
      };
      const health = async (): Promise<string> => ((await (await fetch(`${url}/health`)).json()) as HealthView).status;
      const other = new DatabaseSync(join(folder, 'data', 'waybill.db'));
      other.exec('BEGIN IMMEDIATE');
      const refused = await post();
      assert.equal(refused.status, 503);
      assert.match(refused.text, /cannot_keep.*another program has the database of the runner locked/);
      assert.equal(await health(), 'cannot_keep');
      const asked = await served.api<ErrorView>('/pause', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"account":"acme"}',
      });
      assert.deepEqual(
        [asked.status, asked.body.error.code],
        [503, 'cannot_keep'],
        'also where calls are written down',
      );
      other.exec('ROLLBACK');
      other.close();
      while ((await health()) !== 'ok') await delay(20);
      const { text } = await post();
      await runner.engine.finished((JSON.parse(text) as { run: string }).run);
    },
    { onError: (error) => errors.push(error) },
  );
  assert.deepEqual(
    errors.map((error) => error instanceof StoreError && error.code),
    ['store_busy'],
  );
});

test('each trouble of the store is told once until it is over, in one line', (context) => {
  const told: StoreError[] = [];
  const keeping = new Keeping({ probe: () => Promise.resolve(), onTrouble: (error) => told.push(error) });
  const full = new StoreError('store_full', 'The disk is full.', { cause: new Error('SQLITE_FULL') });
  keeping.failed(full);
  keeping.failed(full);
  assert.deepEqual([told, keeping.trouble], [[full], full]);
  keeping.committed();
  assert.equal(keeping.trouble, undefined);
  keeping.failed(full);
  assert.equal(told.length, 2);
  keeping.stop();
  const { mock } = context.mock.method(console, 'error', () => undefined);
  tell(full);
  assert.deepEqual(
    mock.calls.map((call) => call.arguments),
    [['waybill: The disk is full.']],
  );
});
