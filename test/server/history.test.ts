import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DecidedRunsView, RunDetailView, RunListView } from '../../src/server/api-types.ts';
import type { HistoryView } from '../../src/server/history-types.ts';
import { withWorkspace, type Served, type WorkspaceFiles } from './with-workspace.ts';

const CANARY = 'cAn4ry-of-a-person@example.com';

/** Each has a trigger that is marked, or not; `keep` stores what it is given. */
const files: WorkspaceFiles = {
  automations: {
    marked: manual({ email: { type: 'string', 'x-sensitive': 'personal' } }, [
      { id: 'wait', wait: { event: { payload: { type: 'object' } } } },
    ]),
    plain: manual({ email: { type: 'string' } }, [
      { id: 'keep', uses: 'storage.set', with: { key: 'email', value: '${{ trigger.input.email }}' } },
    ]),
  },
};

function manual(properties: object, steps: object[]): object {
  const input = { type: 'object', required: ['email'], properties };
  return { name: 'Example', trigger: { manual: { input } }, steps };
}

async function start(served: Served, automation: string, email: string): Promise<string> {
  const body = JSON.stringify({ account: 'acme', automation, input: { email } });
  const headers = { 'content-type': 'application/json' };
  const answer = await served.api<{ id: string }>('/runs', { method: 'POST', headers, body });
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return answer.body.id;
}

async function isInData(folder: string): Promise<boolean> {
  const data = join(folder, 'data');
  const forms = [CANARY, Buffer.from(CANARY).toString('hex'), Buffer.from(CANARY).toString('base64').slice(0, 30)];
  for (const name of await readdir(data)) {
    const bytes = await readFile(join(data, name));
    if (forms.some((form) => bytes.includes(form))) return true;
  }
  return false;
}

test('data that a schema marks is not in the data folder; a run goes on with it after a restart', async () => {
  await withWorkspace(files, async (served) => {
    const run = await start(served, 'marked', CANARY);
    const waits = async (): Promise<void> => {
      while (served.runner.store.runs.get(run)?.status !== 'waiting') await new Promise((done) => setTimeout(done, 5));
    };
    await waits();
    await served.restart();
    assert.ok(!(await isInData(served.folder)));
    const shown = await served.api<RunDetailView>(`/runs/${run}`);
    assert.deepEqual(shown.body.run.trigger, { input: { email: CANARY } });
    const headers = { 'content-type': 'application/json' };
    const event = JSON.stringify({ step: 'wait', payload: { by: CANARY } });
    const told = await served.api(`/runs/${run}/events`, { method: 'POST', headers, body: event });
    assert.equal(told.status, 200, JSON.stringify(told.body));
    assert.equal((await served.runner.engine.finished(run)).status, 'succeeded');
    assert.ok(!(await isInData(served.folder)));
    await start(served, 'plain', CANARY);
    assert.ok(await isInData(served.folder));
  });
});

test('without a private key such a run waits, and lists and the reason are there; with the key it goes on', async () => {
  const errors: string[] = [];
  let hasKey = true;
  await withWorkspace(
    files,
    async (served) => {
      const { runner } = served;
      await runner.engine.pause('acme', undefined);
      const run = await start(served, 'marked', CANARY);
      const canceled = await start(served, 'marked', CANARY);
      const plain = await start(served, 'plain', 'any');
      for (const id of [canceled, plain]) await runner.engine.cancel(id, 'on request');
      hasKey = false;
      await served.restart();
      await served.runner.engine.unpause('acme', undefined);
      const listed = await served.api<RunListView>('/runs');
      assert.deepEqual(
        listed.body.runs.map(({ id, status }) => [id, status]),
        [
          [plain, 'canceled'],
          [canceled, 'canceled'],
          [run, 'queued'],
        ],
      );
      const replayed = await served.api<DecidedRunsView>('/runs/replay', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"account":"acme","status":"canceled"}',
      });
      assert.deepEqual(
        [replayed.body.done.map(({ origin }) => origin), replayed.body.refused.map((one) => one.run)],
        [[plain], [canceled]],
      );
      const shown = await served.api<{ error: { code: string; message: string } }>(`/runs/${run}`);
      assert.deepEqual([shown.status, shown.body.error.code], [503, 'sealed']);
      assert.match(shown.body.error.message, /no private key at hand opens what the runner keeps of acme/);
      assert.ok(
        errors.some((one) => one.includes('no private key')),
        errors.join('\n'),
      );
      const exported = await fetch(`${served.url}/api/v1/runs/export`, {
        headers: { authorization: `Bearer ${served.token}` },
      });
      const lines = (await exported.text()).trim().split('\n');
      const exports = lines.map((line) => JSON.parse(line) as { run: { id: string; status: string }; sealed: boolean });
      assert.deepEqual(
        exports.slice(2).map(({ run: { id, status }, sealed }) => [id, status, sealed]),
        [
          [canceled, 'canceled', true],
          [run, 'queued', true],
        ],
      );
      hasKey = true;
      await served.restart();
      assert.equal((await served.api<RunDetailView>(`/runs/${run}`)).body.run.status, 'waiting');
    },
    {
      onError: (error) => errors.push(String(error)),
      hasKey: () => hasKey,
    },
  );
});

test('what the history may keep is said in waybill.json and account.json; it goes while the runner serves', async () => {
  await withWorkspace(files, async (served) => {
    const view = async () => (await served.api<HistoryView>('/history')).body.accounts;
    const first = await start(served, 'plain', CANARY);
    await served.runner.engine.finished(first);
    const [before] = await view();
    assert.deepEqual([before?.runs, before?.keep_ms, before?.max_bytes], [1, undefined, undefined]);
    assert.ok((before?.bytes ?? 0) > 600);
    await change(served, 'waybill.json', { history: { keep: '90d', max_bytes: 5_000_000 } });
    await change(served, 'automations/acme/account.json', { history: { keep: '1h', keep_failed: '2d' } });
    assert.deepEqual(await served.runner.deploy(), []);
    const [after] = await view();
    assert.deepEqual(
      [after?.keep_ms, after?.keep_failed_ms, after?.max_bytes],
      [3_600_000, 2 * 24 * 3_600_000, 5_000_000],
    );
  });
});

async function change({ folder }: Served, file: string, more: object): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), ...more }));
}
