import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunDetailView } from '../../src/server/api-types.ts';
import { waybill } from '../cli/waybill.ts';
import { withRunner } from './with-runner.ts';

const QUOTE = {
  name: 'Quote',
  trigger: { manual: { input: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } } } },
  steps: [{ id: 'price', uses: 'table.lookup', with: { table: 'prices', where: { sku: '${{ trigger.input.sku }}' } } }],
  output: '${{ steps.price.row?.price ?? 0 }}',
};

test('a run reads the table that was deployed, with the rows of the account where it has some', () =>
  withRunner(async ({ folder, runner }) => {
    const write = async (path: string, text: string): Promise<void> => {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), text);
    };
    const quote = async (): Promise<RunDetailView> => {
      const data = ['--data', join(folder, 'data'), '--format', 'json'];
      const { out, code, err } = await waybill(['run', 'demo', 'quote', '--input', '{"sku":"TEA-1"}', ...data]);
      assert.equal(code, 0, err);
      return JSON.parse(out) as RunDetailView;
    };
    await write('tables/prices.csv', 'sku,price:number\nTEA-1,29.95\n');
    await write('automations/demo/quote.json', JSON.stringify(QUOTE));
    assert.deepEqual(await runner.deploy(), []);
    const { run, steps } = await quote();
    assert.deepEqual([run.status, run.output], ['succeeded', 29.95]);
    assert.match(JSON.stringify(steps), /"row":\{"sku":"TEA-1","price":29.95\}/);
    // What is saved counts when it is deployed.
    await write('tables/demo/prices.csv', 'sku,price:number\nTEA-1,27\n');
    assert.equal((await quote()).run.output, 29.95);
    assert.deepEqual(await runner.deploy(), []);
    assert.equal((await quote()).run.output, 27);
    // A broken table does not take the place of one that works.
    await write('tables/demo/prices.csv', 'sku,price:number\nTEA-1,cheap\n');
    assert.deepEqual(
      (await runner.deploy()).map(({ code, file }) => [code, file]),
      [
        ['WB2024', 'automations/demo/quote.json'],
        ['WB2025', 'tables/demo/prices.csv'],
      ],
    );
    assert.equal((await quote()).run.output, 27);
  }));
