import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkInParts, checkWithCache, type CheckCache } from '../../src/runner/check-cache.ts';
import { checkTree } from '../../src/runner/check-workspace.ts';
import type { SourceTree } from '../../src/workspace/source-tree.ts';

const RECIPIENT = 'age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h';
const account = (more: object = {}): string => JSON.stringify({ name: 'A', recipients: [RECIPIENT], ...more });
const automation = (steps: object[], more: object = {}): string =>
  JSON.stringify({ name: 'x', trigger: { webhook: { body: { type: 'object' }, verify: 'none' } }, steps, ...more });
const tone = (property: object): object => ({ settings: { type: 'object', properties: { tone: property } } });
const put = (value: string): object => ({ id: 'a', uses: 'storage.set', with: { key: 'k', value } });
const look = { id: 'look', uses: 'table.lookup', with: { table: 'codes', where: { code: 'a' } } };
const connector = (output: object): string =>
  JSON.stringify({
    name: 'crm',
    title: 'CRM',
    version: '1.0.0',
    description: 'Contacts.',
    actions: {
      find: {
        title: 'Find',
        description: 'Finds.',
        effect: 'read',
        input: { type: 'object' },
        output,
        request: { method: 'GET', url: 'https://crm.example.com' },
      },
    },
  });

/** Contents that each kind of file may have, right and wrong. */
const CONTENTS: { [path: string]: string[] } = {
  'waybill.json': ['{"waybill":"0.1.0"}', '{"waybill":"9.0.0"}', '{'],
  'tables/codes.csv': ['code,name\n', 'code,name,rate:number\na,A,1\n', 'code,name\na\n'],
  'connectors/crm/connector.json': [connector({ type: 'object' }), connector({ type: 'string' }), '[]'],
  ...Object.fromEntries(
    ['acme', 'globex', '__proto__'].flatMap((name) => [
      [
        `automations/${name}/account.json`,
        [
          account(),
          account({ connections: { crm: { connector: 'crm' } } }),
          account({ connections: { x: { connector: 'nope' } } }),
          account({ install: { common: {} } }),
          account({ install: { common: { settings: { tone: 'kind' } }, comon: {}, one: {} } }),
          account({
            install: { account: {}, 'common.test': {}, ['__proto__']: {}, other: { connections: { crm: 'crm' } } },
          }),
          '{',
        ],
      ],
      [`tables/${name}/codes.csv`, ['code,name\nb,B\n', 'code\n', '']],
      [
        `automations/${name}/one.json`,
        [
          automation([look, put('${{ steps.look.row?.rate ?? 0 }}')]),
          automation([put('x')]),
          automation([put('${{ nope }}')]),
          automation([{ id: 'b', uses: 'crm.find' }, put('${{ steps.b.mail }}')]),
          'null',
        ],
      ],
      [`automations/${name}/two.json`, [automation([put('y')]), automation([])]],
      [
        `automations/${name}/one.test.json`,
        ['{"cases":[]}', '{"cases":[{"name":"n","trigger":{"body":1},"expect":{"status":"failed"}}]}'],
      ],
      [`secrets/${name}/crm.json`, ['{}', '{"acme":{"crm":{"key":"plain"}}}', '{"enc": "a", "iv": ",iv:b"}']],
      [`secrets/${name}/more.json`, ['{"enc": "a"}', '{"iv": ",iv:b"}']],
    ]),
  ),
  'automations/shared/common.json': [
    automation([put('x')]),
    automation([put('${{ settings.tone }}')], tone({ type: 'string', default: 'plain' })),
    automation([put('${{ settings.tone }}')], tone({ type: 'integer', default: 1 })),
    automation([put('${{ nope }}')]),
    '{',
  ],
  'automations/shared/other.json': [automation([{ id: 'b', uses: 'crm.find' }]), automation([put('x')])],
  'automations/shared/common.test.json': ['{"cases":[]}'],
  'automations/shared/account.json': [account(), '{'],
  'secrets/shared/crm.json': ['{}'],
  'automations/stray.json': ['{}'],
};

function treeOf(files: ReadonlyMap<string, string>): SourceTree {
  return { files: new Map([...files].toSorted(([left], [right]) => (left < right ? -1 : 1))), diagnostics: [] };
}

const edit = fc
  .constantFrom(...Object.keys(CONTENTS))
  .chain((path) => fc.tuple(fc.constant(path), fc.constantFrom(undefined, ...(CONTENTS[path] ?? []))));

test('after any edits the cache answers as a cold check does', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 5, maxLength: 40 }), (edits) => {
      const files = new Map<string, string>();
      let cache: CheckCache = new Map();
      for (const [path, content] of edits) {
        if (content === undefined) files.delete(path);
        else files.set(path, content);
        const tree = treeOf(files);
        const cold = checkTree(tree);
        const parts = checkInParts(tree, 'code', cache);
        assert.deepEqual(parts.summary, { diagnostics: cold.diagnostics, stats: cold.stats });
        // As it comes back from its file.
        cache = new Map(JSON.parse(JSON.stringify([...parts.cache])) as [string, never][]);
      }
    }),
    { numRuns: Number(process.env['WAYBILL_CACHE_RUNS'] ?? 60) },
  );
});

test('only what changed is checked again, and other code checks all again', () => {
  const files = new Map([
    ['waybill.json', '{"waybill":"0.1.0"}'],
    ['automations/acme/account.json', account()],
    ['automations/globex/account.json', account()],
  ]);
  const first = checkInParts(treeOf(files), 'code', new Map()).cache;
  files.set('automations/acme/one.json', automation([put('x')]));
  const second = checkInParts(treeOf(files), 'code', first).cache;
  assert.equal(second.get('globex'), first.get('globex'));
  assert.notEqual(second.get('acme'), first.get('acme'));
  assert.notEqual(checkInParts(treeOf(files), 'other code', second).cache.get('globex'), second.get('globex'));
});

test('a shared automation that changed is checked again with the accounts that install it', () => {
  const files = new Map([
    ['waybill.json', '{"waybill":"0.1.0"}'],
    ['automations/acme/account.json', account({ install: { common: {} } })],
    ['automations/globex/account.json', account({ install: { other: {} } })],
    ['automations/shared/common.json', automation([put('x')])],
    ['automations/shared/other.json', automation([put('x')])],
  ]);
  const first = checkInParts(treeOf(files), 'code', new Map()).cache;
  files.set('automations/shared/common.json', automation([put('y')]));
  const second = checkInParts(treeOf(files), 'code', first).cache;
  assert.equal(second.get('globex'), first.get('globex'));
  assert.notEqual(second.get('acme'), first.get('acme'));
  files.set('automations/shared/third.json', automation([put('x')]));
  assert.equal(checkInParts(treeOf(files), 'code', second).cache.get('acme'), second.get('acme'));
});

test('a cache that is broken or cannot be written costs nothing but time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-cache-'));
  const tree = treeOf(new Map([['waybill.json', '{']]));
  const file = join(folder, 'deep/cache.json');
  const expected = checkTree(tree).diagnostics;
  assert.deepEqual(checkWithCache(tree, 'code', file).diagnostics, expected);
  await writeFile(file, 'not JSON');
  assert.deepEqual(checkWithCache(tree, 'code', file).diagnostics, expected);
  assert.deepEqual(checkWithCache(tree, 'code', '/dev/null/x/cache.json').diagnostics, expected);
  await rm(folder, { recursive: true });
});
