import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWorkspace, type Served, type WorkspaceFiles } from './with-workspace.ts';

function files(webhook: object): WorkspaceFiles {
  const id = { anyOf: [{ type: 'string' }, { type: 'integer' }] };
  const body = { type: 'object', required: ['id'], properties: { id } };
  return {
    automations: {
      take: {
        name: 'Take',
        trigger: { webhook: { body, verify: 'none', dedupe: '${{ trigger.body.id }}', ...webhook } },
        steps: [{ id: 'count', uses: 'storage.increment', with: { key: 'taken' } }],
        output: '${{ steps.count.value }}',
      },
    },
  };
}

async function post(served: Served, id: string): Promise<{ status: number; body: { run?: string } | number }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(served.hook('take'), { method: 'POST', headers, body: `{"id":${id}}` });
  return { status: response.status, body: (await response.json()) as number };
}

test('a repeat is answered with the first run, also after another start', async () => {
  await withWorkspace(files({}), async (served) => {
    const first = await post(served, '"a"');
    assert.equal(first.status, 202);
    assert.deepEqual(await post(served, '"a"'), first);
    await served.restart();
    assert.deepEqual(await post(served, '"a"'), first);
    assert.notDeepEqual(await post(served, '"b"'), first);
    // Digits that a double cannot hold tell two ids apart.
    assert.notDeepEqual(await post(served, '9007199254740993'), await post(served, '9007199254740992'));
    assert.equal(served.runner.store.runs.list({ limit: 9 }).length, 4);
  });
});

test('many at the same moment give one run', async () => {
  await withWorkspace(files({}), async (served) => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => post(served, '"a"')));
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.equal(served.runner.store.runs.list({ limit: 9 }).length, 1);
  });
});

test('a repeat of one that is waited for gets the outcome of the first run', async () => {
  await withWorkspace(files({ respond: 'finished' }), async (served) => {
    const answers = await Promise.all([post(served, '"a"'), post(served, '"a"'), post(served, '"a"')]);
    for (const answer of [...answers, await post(served, '"a"')]) assert.deepEqual(answer, { status: 200, body: 1 });
    assert.deepEqual(await post(served, '"b"'), { status: 200, body: 2 });
  });
});

test('an empty text names nothing', async () => {
  await withWorkspace(files({}), async (served) => {
    assert.notDeepEqual(await post(served, '""'), await post(served, '""'));
  });
});
