import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { hookPath } from '../../src/runner/live-deployment.ts';
import { waybill } from '../cli/waybill.ts';
import { DEMO_KEY, withRunner } from './with-runner.ts';

test('a webhook becomes a run that calls the service and keeps the summary', async () => {
  await withRunner(async ({ runner, post }) => {
    const { status, body } = await post('{"text":"All is well. The rest is detail."}');
    assert.equal(status, 202);
    const run = await runner.engine.finished(body.run ?? '');
    assert.equal(run.status, 'succeeded', JSON.stringify(run.failure));
    assert.equal(runner.store.storage.get('demo', 'last_summary')?.value, 'All is well.');
    assert.deepEqual(
      runner.store.runs.attempts(run.id).map(({ key }) => key.step),
      ['summarize', 'save'],
    );
    assert.ok(!JSON.stringify(runner.store.runs.attempts(run.id)).includes(DEMO_KEY));
  });
});

test('what does not fit is refused in words, and kept', async () => {
  await withRunner(async ({ runner, post }) => {
    const wrong = await post('{"message":"hi"}');
    assert.equal(wrong.status, 400);
    assert.equal(wrong.body.error?.message, 'the body lacks the property `text`; it has `message`');
    assert.match((await post('{"text":')).body.error?.message ?? '', /the body is not JSON/);
    assert.equal((await post('text', 'text/plain')).status, 415);
    assert.equal((await post(`{"text":"${'x'.repeat(1_100_000)}"}`)).status, 413);
    assert.equal((await post('text=from+a+form', 'application/x-www-form-urlencoded')).status, 202);
    assert.deepEqual(
      runner.store.refusals.list({ limit: 10 }).map(({ status }) => status),
      [413, 415, 400, 400],
    );
  });
});

test('of what is too large, the reason is kept and explained, and nothing of the body; not where the address is wrong', async () => {
  await withRunner(async ({ runner, url, folder, post }) => {
    const large = `{"text":"${'x'.repeat(1_100_000)}"}`;
    const wrong = await fetch(`${url}/hooks/demo/summarize-text/wrong`, { method: 'POST', body: large });
    assert.equal(wrong.status, 404);
    assert.deepEqual(runner.store.refusals.list({ limit: 10 }), []);
    const { status, body } = await post(large);
    assert.deepEqual([status, body.error?.code], [413, 'body_too_large']);
    const [kept = assert.fail('nothing is kept')] = runner.store.refusals.list({ limit: 10 });
    const { reason, cut, headers } = kept;
    assert.deepEqual([reason, cut, kept.body.length], ['the body has more than 1048576 bytes', true, 0]);
    assert.equal(headers['content-length'], String(large.length));
    assert.equal((await runner.hooks.replay(kept.id)).kind, 'cut');
    const { out } = await waybill(['explain', kept.id, '--data', join(folder, 'data')]);
    assert.match(out, /answered 413: the body has more than 1048576 bytes/);
    assert.match(out, /do +let the sender send less at a time/);
  });
});

test('an answer that waits gives the output, and 502 with the run where it failed', async () => {
  await withRunner(
    async ({ runner, post, standIn }) => {
      assert.deepEqual(await post('{"text":"One. Two."}'), { status: 200, body: { summary: 'One.' } });
      standIn.fail({ kind: 'error', status: 401, type: 'authentication_error', message: 'invalid x-api-key' });
      const failed = await post('{"text":"One. Two."}');
      assert.equal(failed.status, 502);
      assert.equal(runner.store.runs.get(failed.body.run ?? '')?.failure?.class, 'credential');
    },
    (text) =>
      text
        .replace('"accepted"', '"finished"')
        .replace(/\n\}\s*$/, ',\n  "output": { "summary": "${{ steps.summarize.text }}" }\n}\n'),
  );
});

test('a save that does not compile leaves the last good deployment; one that does is deployed', async () => {
  await withRunner(async ({ folder, runner, post }) => {
    const file = join(folder, 'automations/demo/summarize-text.json');
    const text = await readFile(file, 'utf8');
    const before = runner.deployed().get('demo/summarize-text')?.digest;
    await writeFile(file, text.replace('trigger.body.text', 'trigger.body.txet'));
    assert.deepEqual(
      (await runner.deploy()).map(({ code }) => code),
      ['WB2006'],
    );
    assert.equal(runner.deployed().get('demo/summarize-text')?.digest, before);
    assert.equal((await post('{"text":"Still here."}')).status, 202);
    await writeFile(file, text.replace('one sentence', 'two sentences'));
    assert.deepEqual(await runner.deploy(), []);
    assert.notEqual(runner.deployed().get('demo/summarize-text')?.digest, before);
  });
});

test('a hook with a wrong secret, or of nothing, says nothing', async () => {
  await withRunner(async ({ runner, url }) => {
    for (const path of ['/hooks/demo/summarize-text/wrong', '/hooks/demo/nothing/x', '/nothing']) {
      const { status } = await fetch(url + path, { method: 'POST', body: '{"text":"x"}' });
      assert.equal(status, 404);
    }
    assert.deepEqual(runner.store.refusals.list({ limit: 10 }), []);
  });
});

test('an answer that waits is 202 after its deadline, and the run goes on', async () => {
  await withRunner(
    async ({ runner, post }) => {
      const { status, body } = await post('{"text":"All is well."}');
      assert.equal(status, 202);
      assert.equal(runner.store.runs.get(body.run ?? '')?.finishedAt, undefined);
      assert.equal((await runner.engine.finished(body.run ?? '')).status, 'succeeded');
    },
    (automation) =>
      automation
        .replace('"respond": "accepted"', '"respond": "finished", "deadline": "150ms"')
        .replace(
          '"steps": [',
          `"steps": [{ "id": "office", "wait": { "until": "${new Date(Date.now() + 800).toISOString()}" } },`,
        ),
  );
});

test('a body that is packed is refused as that; who only names a charset packs nothing', async () => {
  await withRunner(async ({ runner, url }) => {
    const live = runner.deployed().get('demo/summarize-text') ?? assert.fail();
    const postAs = (coding: string, body: Uint8Array<ArrayBuffer> | string): Promise<Response> => {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding };
      return fetch(url + hookPath(live), { method: 'POST', headers, body });
    };
    const packed = await postAs('gzip', Uint8Array.from(gzipSync('{"text":"All is well."}')));
    assert.equal(packed.status, 415);
    assert.match(await packed.text(), /the body is packed \(gzip\): send it without Content-Encoding/);
    assert.equal((await postAs('utf-8', '{"text":"All is well."}')).status, 202);
    const [kept] = runner.store.refusals.list({ limit: 10 });
    const again = await runner.hooks.replay(kept?.id ?? '');
    assert.equal(again.kind === 'refused' ? again.status : again.kind, 415);
  });
});
