import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import { LARGE_VALUE } from '../../src/store/sqlite/large-values.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Sealing } from '../../src/store/sealing.ts';
import type { Store } from '../../src/store/store.ts';
import { newFolder, sampleRun } from './sample-store.ts';

const SECRET = 'cÄn/+"<&\' of a person';
const PLAN = JSON.stringify({ trigger: { input: { properties: { name: { 'x-sensitive': 'personal' } } } } });
const PLANS = new Map([
  ['marked', PLAN],
  ['plain', '{"text":"\\"x-sensitive\\":\\"personal\\""}'],
]);

/** AES-256-GCM, as the vault seals; `open` may be taken away. */
function sealingWith(keys: ReadonlyMap<string, Buffer>): Sealing {
  return {
    key: (account) => {
      const key = keys.get(account);
      if (key === undefined) return undefined;
      return {
        seal: (place, text) => {
          const iv = randomBytes(12);
          const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
          return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('hex');
        },
        open: (place, sealed) => {
          const bytes = Buffer.from(sealed, 'hex');
          const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(place));
          decipher.setAuthTag(bytes.subarray(-16));
          return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
        },
      };
    },
  };
}

const KEYS = new Map([['acme', createHash('sha256').update('acme').digest()]]);
const failure: Failure = {
  class: 'permanent',
  code: 'http_status',
  message: `no ${SECRET}`,
  details: { SECRET },
  status: 422,
};
const failed: Outcome = { ok: false, failure };

/** Writes the secret wherever a run writes anything. */
async function fill(store: Store, plan: string): Promise<string> {
  await store.deployments.activate('s', 1, [], PLANS);
  const run = sampleRun({ plan, trigger: { name: SECRET, large: SECRET.repeat(LARGE_VALUE / 10) } });
  await store.runs.insert(run, [
    { run: 'before', key: { step: 'done', attempt: 1 }, effect: 'read', input: SECRET, startedAt: 1, outcome: failed },
  ]);
  const attempt = { run: run.id, effect: 'read', input: { SECRET, of: SECRET }, startedAt: 1 } as const;
  await store.runs.beginAttempt({ ...attempt, key: { step: 'a', attempt: 1 } }, 'now');
  await store.runs.finishAttempt(run.id, { step: 'a', attempt: 1 }, 2, { ok: true, output: [SECRET] });
  await store.runs.beginAttempt({ ...attempt, key: { step: 'wait', attempt: 1 } }, 'now');
  await store.runs.answer({ run: run.id, key: { step: 'wait', attempt: 1 }, outcome: { ok: true, output: SECRET } }, 3);
  const child = sampleRun({ plan, parent: { run: run.id, step: 'call' }, trigger: { SECRET } });
  await store.runs.beginCall({ ...attempt, key: { step: 'call', attempt: 1 } }, child);
  const answer = { run: run.id, key: { step: 'call', attempt: 1 }, outcome: { ok: true, output: SECRET } } as const;
  await store.runs.finish(child.id, 4, { status: 'succeeded', output: SECRET }, answer);
  const set = { kind: 'set', key: 'last', value: { SECRET } } as const;
  await store.runs.storageAttempt(run, { step: 'set', attempt: 1 }, { SECRET }, set, 5).durable;
  await store.runs.finish(run.id, 6, { status: 'failed', failure });
  return run.id;
}

function isIn(folder: string): boolean {
  const bytes = Buffer.from(SECRET);
  const forms = [
    SECRET,
    JSON.stringify(SECRET).slice(1, -1),
    encodeURIComponent(SECRET),
    bytes.toString('hex'),
    ...[0, 1, 2].map((before) => bytes.subarray(before).toString('base64').slice(0, 20)),
  ];
  return readdirSync(folder).some((name) => forms.some((form) => readFileSync(join(folder, name)).includes(form)));
}

test('where a plan marks anything, nothing that its runs carry is in the files in any form, and all comes back', async () => {
  const folder = newFolder();
  let store = openSqliteStore(folder, { sealing: sealingWith(KEYS) });
  const id = await fill(store, 'marked');
  await store.close();
  assert.ok(!isIn(folder));
  store = openSqliteStore(folder, { sealing: sealingWith(KEYS) });
  assert.equal(store.runs.get(id)?.trigger['name'], SECRET);
  assert.deepEqual(store.runs.get(id)?.failure, failure);
  const attempts = store.runs.attempts(id).map(({ key, input, outcome }) => [key.step, input, outcome]);
  assert.deepEqual(attempts, [
    ['done', SECRET, failed],
    ['a', { SECRET, of: SECRET }, { ok: true, output: [SECRET] }],
    ['wait', { SECRET, of: SECRET }, { ok: true, output: SECRET }],
    ['call', { SECRET, of: SECRET }, { ok: true, output: SECRET }],
    ['set', { SECRET }, { ok: true, output: { key: 'last' } }],
  ]);
  assert.deepEqual(store.storage.get('acme', 'last')?.value, { SECRET });

  // Whoever reads a sealed value gets it into its history sealed.
  const reader = sampleRun({ plan: 'plain' });
  await store.runs.insert(reader);
  const get = { kind: 'get', key: 'last' } as const;
  await store.runs.storageAttempt(reader, { step: 'get', attempt: 1 }, { key: 'last' }, get, 7).durable;
  assert.deepEqual(store.runs.attempts(reader.id)[0]?.outcome, {
    ok: true,
    output: { found: true, value: { SECRET } },
  });
  await store.close();
  assert.ok(!isIn(folder));
});

test('a plan that marks nothing is kept as it is, and so is an account without a public key', async () => {
  for (const [plan, keys] of [
    ['plain', KEYS],
    ['marked', new Map<string, Buffer>()],
  ] as const) {
    const folder = newFolder();
    const store = openSqliteStore(folder, { sealing: sealingWith(keys) });
    await fill(store, plan);
    await store.close();
    assert.ok(isIn(folder));
  }
});

test('without the key lists go on and say what they cannot read; what is asked for is refused, and nothing is lost', async () => {
  const folder = newFolder();
  let store = openSqliteStore(folder, { sealing: sealingWith(KEYS) });
  const id = await fill(store, 'marked');
  await store.close();
  const other = new Map([['acme', randomBytes(32)]]);
  for (const options of [{}, { sealing: sealingWith(other) }, { sealing: sealingWith(new Map()) }]) {
    store = openSqliteStore(folder, options);
    const listed = store.runs.list({ limit: 9, status: 'failed' });
    assert.deepEqual(
      listed.map(({ failure }) => [failure?.code, failure?.status]),
      [['http_status', 422]],
    );
    assert.match(listed[0]?.failure?.message ?? '', /sealed/);
    const sealed = { name: 'StoreError', code: 'store_sealed' };
    assert.throws(() => store.runs.get(id), sealed);
    assert.throws(() => store.runs.attempts(id), sealed);
    assert.throws(() => store.storage.get('acme', 'last'), sealed);
    await store.close();
  }
  store = openSqliteStore(folder, { sealing: sealingWith(KEYS) });
  assert.equal(store.runs.get(id)?.trigger['name'], SECRET);
  await store.close();
});
