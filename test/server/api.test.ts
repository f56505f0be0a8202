import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type {
  DeploymentListView,
  ErrorView,
  HookView,
  RefusalListView,
  RefusalView,
  RunDetailView,
  RunListView,
  StorageEntryView,
  StorageListView,
} from '../../src/server/api-types.ts';
import { DEMO_KEY, withRunner, type Setup } from './with-runner.ts';

async function read<View>({ url, token }: Pick<Setup, 'url' | 'token'>, path: string, status = 200): Promise<View> {
  const response = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(response.status, status, path);
  return (await response.json()) as View;
}

test('the API opens for the token only', async () => {
  await withRunner(async ({ url, token, folder }) => {
    for (const authorization of ['', 'Bearer ', `Bearer ${token}x`, `Basic ${token}`, token]) {
      const response = await fetch(`${url}/api/v1/runs`, { headers: { authorization } });
      assert.equal(response.status, 401, authorization);
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
    }
    await read<RunListView>({ url, token }, '/runs');
    assert.equal((await stat(join(folder, 'data/runner.json'))).mode & 0o777, 0o600);
  });
});

test('a run is shown step by step, with times, inputs and outputs', async () => {
  await withRunner(async (setup) => {
    const { runner, post } = setup;
    const { body } = await post('{"text":"All is well. The rest is detail."}');
    await runner.engine.finished(body.run ?? '');
    const { run, steps } = await read<RunDetailView>(setup, `/runs/${body.run}`);
    assert.equal(run.status, 'succeeded');
    assert.deepEqual(run.trigger, { body: { text: 'All is well. The rest is detail.' } });
    assert.match(run.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(Number(run.duration_ms) >= 0);
    assert.deepEqual(
      steps.map(({ id, uses, status, attempts }) => [id, uses, status, attempts.length]),
      [
        ['summarize', 'anthropic.message_to_ai', 'succeeded', 1],
        ['save', 'storage.set', 'succeeded', 1],
      ],
    );
    assert.deepEqual(steps[1]?.attempts[0]?.input, { key: 'last_summary', value: 'All is well.' });
    const entry = await read<StorageEntryView>(setup, '/storage/demo/last_summary');
    assert.equal(entry.value, 'All is well.');
    const { entries } = await read<StorageListView>(setup, '/storage/demo?prefix=last');
    assert.deepEqual(entries, [entry]);
    assert.deepEqual(await read<StorageListView>(setup, '/storage/demo?prefix=x'), { entries: [] });
  });
});

test('a secret that a run carried is not shown, and stays as it was in the store', async () => {
  await withRunner(async (setup) => {
    const { runner, post } = setup;
    // The redactor knows the key since the first call.
    await runner.engine.finished((await post('{"text":"First."}')).body.run ?? '');
    const { body } = await post(JSON.stringify({ text: `My key is ${DEMO_KEY}. Keep it.` }));
    const { trigger } = await runner.engine.finished(body.run ?? '');
    assert.match(JSON.stringify(trigger), new RegExp(DEMO_KEY));
    for (const path of [`/runs/${body.run}`, '/storage/demo/last_summary', '/storage/demo']) {
      const text = JSON.stringify(await read(setup, path));
      assert.doesNotMatch(text, new RegExp(DEMO_KEY));
      assert.match(text, /My key is \[redacted\]/);
    }
  });
});

test('runs are listed in pages, newest first, and by filter', async () => {
  await withRunner(async (setup) => {
    const { runner, post } = setup;
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c']) ids.unshift((await post(JSON.stringify({ text }))).body.run ?? '');
    await Promise.all(ids.map((id) => runner.engine.finished(id)));
    const first = await read<RunListView>(setup, '/runs?limit=2');
    assert.deepEqual(
      first.runs.map(({ id }) => id),
      ids.slice(0, 2),
    );
    const second = await read<RunListView>(setup, `/runs?limit=2&before=${first.next}&account=demo&status=succeeded`);
    assert.deepEqual(
      second.runs.map(({ id }) => id),
      ids.slice(2),
    );
    assert.equal(second.next, undefined);
    assert.deepEqual((await read<RunListView>(setup, '/runs?account=other')).runs, []);
    for (const query of ['limit=0', 'limit=x', 'status=done'])
      assert.equal((await read<ErrorView>(setup, `/runs?${query}`, 400)).error.code, 'bad_request');
  });
});

test('what is not there says what is', async () => {
  await withRunner(async (setup) => {
    const codes = new Map([
      ['/runs/0', 'unknown_run'],
      ['/storage/demo/nothing', 'unknown_key'],
      ['/hooks/demo/nothing', 'unknown_automation'],
      ['/refusals/0', 'unknown_refusal'],
      ['/nothing', 'not_found'],
    ]);
    for (const [path, code] of codes) assert.equal((await read<ErrorView>(setup, path, 404)).error.code, code);
    const { error } = await read<ErrorView>(setup, '/hooks/demo/nothing', 404);
    assert.match(error.help ?? '', /demo\/summarize-text/);
  });
});

test('refusals and deployments can be read', async () => {
  await withRunner(async (setup) => {
    const { folder, runner, post } = setup;
    await post('{"message":"x"}');
    const { refusals } = await read<RefusalListView>(setup, '/refusals?account=demo');
    assert.deepEqual(
      refusals.map(({ status, reason }) => [status, reason]),
      [[400, 'the body lacks the property `text`; it has `message`']],
    );
    const one = await read<RefusalView>(setup, `/refusals/${refusals[0]?.id}`);
    assert.deepEqual([one.body, one.headers['content-type'], one.cut], ['{"message":"x"}', 'application/json', false]);
    const { deployments } = await read<DeploymentListView>(setup, '/deployments');
    assert.deepEqual(
      deployments.map(({ source, current, entries }) => [
        source.replace(/ at sha256:[0-9a-f]{64}$/, ''),
        current,
        entries,
      ]),
      [
        [
          folder,
          true,
          ['summarize-text', 'tally-leads'].map((automation) => ({
            account: 'demo',
            automation,
            plan: runner.deployed().get(`demo/${automation}`)?.digest,
            trigger: 'webhook',
          })),
        ],
      ],
    );
  });
});

test('the sample of a webhook is taken by it', async () => {
  await withRunner(async (setup) => {
    const { path, sample, issues } = await read<HookView>(setup, '/hooks/demo/summarize-text');
    assert.deepEqual(issues, []);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(setup.url + path, { method: 'POST', headers, body: JSON.stringify(sample) });
    assert.equal(response.status, 202);
  });
});

test('events tell of each step as it happens, to those who asked for that automation', async () => {
  await withRunner(async (setup) => {
    const { url, token, runner, post } = setup;
    const headers = { authorization: `Bearer ${token}` };
    const open = (query: string): Promise<Response> => fetch(`${url}/api/v1/events?${query}`, { headers });
    const [mine, other] = await Promise.all([open('account=demo'), open('account=other')]);
    const { body } = await post('{"text":"One. Two."}');
    await runner.engine.finished(body.run ?? '');
    let text = '';
    for await (const chunk of mine.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('run_finished')) break;
    }
    assert.deepEqual(
      [...text.matchAll(/"kind":"(\w+)"/g)].map(([, kind]) => kind),
      ['run_accepted', 'attempt_started', 'attempt_finished', 'attempt_finished', 'run_finished'],
    );
    await setup.close();
    assert.equal(await other.text(), ': open\n\n');
  });
});

test('while it stops, the runner asks senders to come again and answers who waits for a run', async () => {
  await withRunner(
    async ({ standIn, post, runner, close }) => {
      standIn.fail({ kind: 'hang' });
      const waiting = post('{"text":"x"}');
      while (runner.store.runs.list({ limit: 1, status: 'running' }).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      const closed = close(200);
      assert.equal((await post('{"text":"y"}')).status, 503);
      const { status, body } = await waiting;
      assert.equal(status, 202);
      assert.match(body.run ?? '', /^[0-9a-f-]{36}$/);
      await closed;
    },
    (automation) => automation.replace('"accepted"', '"finished"'),
  );
});
