import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUp } from '../../src/connectors/native/table.ts';

const prices = {
  columns: ['sku', 'price', 'note'],
  rows: [
    ['TEA-1', 29.95, 'new'],
    ['TEA-2', 12, null],
    ['tea-1', 1, null],
  ],
};
const rates = {
  columns: ['from', 'rate'],
  rows: [
    [100, 0.1],
    [0, 0],
    [500, 0.2],
    [100, 0.15],
    [null, 9],
  ],
};

test('a row is looked up by all that its columns must hold', () => {
  const first = { found: true, row: { sku: 'TEA-1', price: 29.95, note: 'new' } };
  assert.deepEqual(lookUp('lookup', { where: { sku: 'TEA-1' } }, prices), first);
  assert.deepEqual(lookUp('lookup', { where: { sku: 'TEA-2' } }, prices), {
    found: true,
    row: { sku: 'TEA-2', price: 12 },
  });
  assert.deepEqual(lookUp('lookup', { where: { sku: 'TEA-1', price: 12 } }, prices), { found: false });
  // A text is no number, and a name that every object has is no column.
  assert.deepEqual(lookUp('lookup', { where: { price: '12' } }, prices), { found: false });
  assert.deepEqual(lookUp('lookup', { where: { constructor: 'x' } }, prices), { found: false });
  assert.deepEqual(lookUp('find', { where: { sku: 'TEA-1' }, ignore_case: true, limit: 1 }, prices), {
    rows: [first.row],
    count: 2,
  });
});

function band(value: number): unknown {
  return lookUp('lookup_band', { column: 'from', value }, rates);
}

test('a band begins at the greatest value that is not above; of equal ones the first counts', () => {
  assert.deepEqual(band(-1), { found: false });
  assert.deepEqual(band(99.5), { found: true, row: { from: 0, rate: 0 } });
  assert.deepEqual(band(100), { found: true, row: { from: 100, rate: 0.1 } });
  assert.deepEqual(band(1e9), { found: true, row: { from: 500, rate: 0.2 } });
  const days = { columns: ['since'], rows: [['2026-01-01'], ['2025-06-01']] };
  assert.deepEqual(lookUp('lookup_band', { column: 'since', value: '2025-12-31' }, days), {
    found: true,
    row: { since: '2025-06-01' },
  });
});

test('lists give rows in the order of the file', () => {
  assert.deepEqual(lookUp('list', { limit: 2 }, rates), {
    rows: [
      { from: 100, rate: 0.1 },
      { from: 0, rate: 0 },
    ],
    count: 5,
  });
});
