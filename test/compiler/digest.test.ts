import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../../src/compiler/compile.ts';
import { builtinCatalog, builtinText } from '../../src/connectors/builtin.ts';
import { isJsonObject, type Json } from '../../src/json/value.ts';
import { namePlan } from '../../src/plan/digest.ts';
import { VERSION } from '../../src/version.ts';
import { loadWorkspace } from '../../src/workspace/load-workspace.ts';

const FILES: { [file: string]: Json } = {
  'waybill.json': { waybill: VERSION },
  'automations/acme/account.json': {
    name: 'Acme',
    recipients: ['age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h'],
  },
  'automations/acme/orders.json': {
    name: 'Orders',
    trigger: {
      webhook: {
        body: {
          type: 'object',
          required: ['id'],
          properties: { id: { type: 'string' }, amount: { type: 'number' }, note: { type: ['string', 'null'] } },
        },
        verify: 'none',
      },
    },
    steps: [
      {
        id: 'all',
        set: { body: '${{ trigger.body }}', a: '${{ { z: 1, a: trigger.body.note } }}', b: { c: '${{ 1 }}' } },
      },
      {
        id: 'both',
        branches: {
          left: {
            steps: [
              { id: 'l', uses: 'storage.set', with: { value: '${{ steps.all }}', key: '${{ trigger.body.id }}' } },
            ],
          },
          right: { steps: [{ id: 'r', uses: 'storage.get', with: { key: 'r' } }], output: { x: '${{ steps.r }}' } },
        },
      },
    ],
    output: { left: '${{ steps.both }}', all: '${{ steps.all }}' },
  },
};

/** The value with the keys of every object in another order, which the number says. */
function shuffled(value: Json, by: number): Json {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, by));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item, by)] as const);
  const turn = by % entries.length;
  const turned = [...entries.slice(turn), ...entries.slice(0, turn)];
  return Object.fromEntries(by % 2 === 0 ? turned : turned.toReversed());
}

function digests(by: number): string[] {
  const files = Object.entries(FILES).map(([file, value]) => [file, JSON.stringify(shuffled(value, by))] as const);
  const { workspace } = loadWorkspace({ files: new Map(by % 2 === 0 ? files : files.toReversed()), diagnostics: [] });
  const { plans, diagnostics } = compile({ workspace, builtins: builtinCatalog(), builtinText, version: VERSION });
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return plans.map((plan) => namePlan(plan).digest);
}

test('the order of keys and files changes no digest', () => {
  const expected = digests(0);
  assert.equal(expected.length, 1);
  fc.assert(fc.property(fc.nat(200), (by) => assert.deepEqual(digests(by), expected)));
});

test('the zone and the locale of the machine change no digest', () => {
  const expected = digests(0);
  const { TZ, LC_ALL } = process.env;
  Object.assign(process.env, { TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8' });
  assert.deepEqual(digests(0), expected);
  Object.assign(process.env, { TZ: TZ ?? 'UTC', LC_ALL: LC_ALL ?? 'C' });
});
