import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import canonicalize from 'canonicalize';
import { validatePlan } from '../../src/generated/validators.js';
import { namePlan } from '../../src/plan/digest.ts';
import { checkWorkspace } from '../../src/runner/check-workspace.ts';

const root = join(import.meta.dirname, '../..');

test('a plan fits its schema, and its text is canonical', async () => {
  const { plans } = checkWorkspace(root);
  for (const { plan, text, digest } of plans.map((one) => namePlan(one))) {
    assert.ok(validatePlan(plan), JSON.stringify(validatePlan.errors));
    assert.equal(text, canonicalize(JSON.parse(text)));
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  }
});

test('the digest is the same in another folder and with the keys in another order, and not with another prompt', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-digest-'));
  try {
    for (const part of ['waybill.json', 'automations', 'secrets'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    const file = join(folder, 'automations/demo/summarize-text.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, JSON.stringify(reversed(JSON.parse(text))));
    assert.equal(await digestOf(folder), await digestOf(root));
    await writeFile(file, text.replace('one sentence', 'two sentences'));
    assert.notEqual(await digestOf(folder), await digestOf(root));
  } finally {
    await rm(folder, { recursive: true });
  }
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

async function digestOf(folder: string): Promise<string | undefined> {
  const [plan] = checkWorkspace(folder).plans;
  return plan && namePlan(plan).digest;
}

test('the digests are the same whatever the language and the zone of the machine', async () => {
  const main = join(root, 'src/cli/main.ts');
  const outputs = await Promise.all(
    [
      { LC_ALL: 'C', LANG: 'C', TZ: 'UTC' },
      { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' },
      { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8', TZ: 'America/St_Johns' },
    ].map(async (environment) => {
      const env = { ...process.env, ...environment };
      const { stdout } = await promisify(execFile)(process.execPath, [main, 'plan', '--format', 'json'], {
        cwd: root,
        env,
      });
      return stdout;
    }),
  );
  assert.match(outputs[0] ?? '', /"digest":"sha256:[0-9a-f]{64}"/);
  assert.deepEqual(new Set(outputs).size, 1);
});
