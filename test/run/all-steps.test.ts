import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allSteps, type PagedStep } from '../../src/run/all-steps.ts';

test('the steps of pages come after the first items of their loop, also of a loop within another', async () => {
  const pages: { [page: string]: string[] } = {
    '': ['before', 'each', 'each[0].inner', 'each[0].inner[0].a', 'each[0].z', 'after'],
    'each[0].inner[20-519]': ['each[0].inner[20].a'],
    'each[500-999]': ['each[500].inner', 'each[500].inner[0].a', 'each[500].z'],
    'each[500].inner[20-519]': ['each[500].inner[20].a'],
  };
  const asked: string[] = [];
  const stepsOf = (page: string): Promise<PagedStep[]> => {
    asked.push(page);
    const own = (path: string): string[] =>
      Object.keys(pages).filter(
        (name) =>
          name.startsWith(`${path}[`) &&
          /-\d+\]$/.test(name.slice(path.length)) &&
          !name.slice(path.length).includes('.'),
      );
    return Promise.resolve(
      (pages[page] ?? []).map((path) => ({
        path,
        pages: own(path).length === 0 ? undefined : own(path).map((name) => ({ page: name })),
      })),
    );
  };
  const paths: string[] = [];
  for await (const { path } of allSteps(stepsOf)) paths.push(path);
  assert.deepEqual(paths, [
    'before',
    'each',
    'each[0].inner',
    'each[0].inner[0].a',
    'each[0].inner[20].a',
    'each[0].z',
    'each[500].inner',
    'each[500].inner[0].a',
    'each[500].inner[20].a',
    'each[500].z',
    'after',
  ]);
  assert.equal(asked.length, 4);
});
