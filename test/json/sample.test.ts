import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleFromSchema } from '../../src/json/sample.ts';

test('a sample has what the formats of our own demand, and a property called format is none', () => {
  const properties = {
    amount: { type: 'string', format: 'decimal' },
    currency: { type: 'string', format: 'currency' },
    phone: { type: 'string', format: 'phone' },
    format: { type: 'string' },
  };
  const { value, issues } = sampleFromSchema({ type: 'object', required: Object.keys(properties), properties });
  assert.deepEqual(issues, []);
  assert.deepEqual(value, { amount: '19.99', currency: 'EUR', phone: '+34600123456', format: 'string' });
});
