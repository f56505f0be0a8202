import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageOf, percentOf, type CoverageItem } from '../../src/testing/coverage.ts';
import { planOf, runCases } from './run-text.ts';

const BODY = {
  type: 'object',
  properties: {
    kind: { type: 'string' },
    note: { type: 'string' },
    items: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
};
const trigger = { webhook: { body: BODY, verify: 'none' } };
const set = (id: string, more: object = {}): object => ({ id, set: { a: '${{ trigger.body.kind }}' }, ...more });
const STEPS = [
  set('only_if', { if: "${{ trigger.body.kind === 'a' }}" }),
  {
    id: 'route',
    switch: [
      { if: "${{ trigger.body.kind === 'a' }}", steps: [set('in_arm')], output: { note: '${{ trigger.body.note }}' } },
    ],
  },
  {
    id: 'fetch',
    uses: 'http.get',
    with: { url: 'https://api.example.com/' },
    retry: { attempts: 1 },
    on_error: [set('handler')],
  },
  { id: 'each', for_each: '${{ trigger.body.items ?? [] }}', steps: [set('in_loop')], output: '${{ item }}' },
];

/** The names of what is covered, and of what is not. */
async function covered(...bodies: [object, 'works' | 'fails'][]): Promise<{ yes: string[]; no: string[] }> {
  const cases = bodies.map(([body, how], index) => ({
    name: String(index),
    trigger: { body },
    answers: [{ with: [{ status: how === 'works' ? 200 : 404 }] }],
    expect: { status: 'succeeded' },
  }));
  const result = await runCases(STEPS, cases, { trigger });
  const plan = planOf(STEPS, { trigger });
  assert.ok(result.cases.every(({ passed }) => passed));
  const { items } = coverageOf(
    plan,
    result.cases.map(({ run }) => run),
  );
  const names = (which: boolean): string[] =>
    items.filter((one) => one.covered === which).map(({ kind, name }) => `${kind} ${name}`);
  return { yes: names(true), no: names(false) };
}

test('a case covers what it goes through, and no other way', async () => {
  const { yes, no } = await covered([{ kind: 'a', items: ['x'] }, 'works']);
  assert.deepEqual(yes, [
    'steps only_if',
    'branches only_if: if true',
    'mappings only_if: set.a',
    'steps route',
    'branches route: arm 1',
    'steps in_arm',
    'mappings in_arm: set.a',
    'steps fetch',
    'steps each',
    'steps in_loop',
    'mappings in_loop: set.a',
    'mappings each: output',
  ]);
  assert.deepEqual(no, [
    'branches only_if: if false',
    'mappings route: arm 1: output.note',
    'branches route: no arm',
    'error_paths fetch',
    'steps handler',
    'mappings handler: set.a',
  ]);
});

test('the cases of an automation add up', async () => {
  const { no } = await covered([{ kind: 'a', note: 'x', items: ['x'] }, 'works'], [{ kind: 'b' }, 'fails']);
  assert.deepEqual(no, []);
});

test('what was not reached is not covered', async () => {
  const { no } = await covered([{}, 'works']);
  assert.ok(no.includes('steps only_if') && no.includes('branches route: arm 1') && no.includes('steps in_loop'));
  assert.ok(no.includes('mappings each: output'));
});

function itemsOf(hit: number, all: number): CoverageItem[] {
  return Array.from({ length: all }, (_none, index) => ({ kind: 'steps', name: '', covered: index < hit }));
}

test('percentages are rounded down, so that 100 means all', () => {
  assert.equal(percentOf(itemsOf(1999, 2000)), 99.9);
  assert.equal(percentOf(itemsOf(1, 3)), 33.3);
  assert.equal(percentOf([]), 100);
});
