import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sealing } from '../../src/store/sealing.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { count, EngineWorld, until } from './engine-world.ts';

const BODY = { type: 'object', properties: { who: { type: 'string', 'x-sensitive': 'personal' } } };

test('runs whose key is missing wait for it, and go on without a start', async () => {
  let isThere = true;
  const key: ReturnType<Sealing['key']> = {
    seal: (_place, text) => Buffer.from(text).toString('hex'),
    open: (_place, sealed) => {
      if (isThere) return Buffer.from(sealed, 'hex').toString();
      throw new Error('no key');
    },
  };
  const automations = {
    example: automationOf([{ id: 'pause', wait: { for: '150ms' } }, count('one', 'done')], BODY),
  };
  const world = await EngineWorld.of(automations, 10, undefined, { key: () => key });
  const runs = await Promise.all(['ann', 'bob'].map((who) => world.start('example', { who })));
  await until(() => runs.every(({ id }) => world.store.runs.summary(id)?.status === 'waiting'));
  const troubles: unknown[] = [];
  world.troubles = (error) => troubles.push(error);
  isThere = false;
  await world.restart();
  await until(() => troubles.length === 2);
  assert.match(String(troubles[0]), /no key/);
  assert.deepEqual(world.engine.backlog('acme'), { runs: 2, runsOfAccount: 2 });
  assert.deepEqual(world.engine.backlog('globex'), { runs: 2, runsOfAccount: 0 });
  isThere = true;
  world.engine.unsealed('globex');
  world.engine.unsealed('acme');
  for (const run of runs) assert.equal((await world.ended(run)).status, 'succeeded');
  assert.deepEqual([troubles.length, world.stored('done')], [2, 2]);
  await world.close();
});
