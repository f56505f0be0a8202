import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { STEPS } from '../../../src/runner/deploy/steps.ts';
import { newFolder, Origin } from './origin.ts';

interface State {
  serving: { [name: string]: string };
  secrets: [string, string][];
  inventory: unknown[];
  /** The steps that the crash before cut off. */
  left: string[];
  open: number;
}

const child = join(import.meta.dirname, 'crash-child.ts');
/** Every step, half of them as soon as they stand on disk and half in their middle; and the switch in each way. */
const PLACES = [
  ...STEPS.map(({ name }, index) => `${index % 2 === 0 ? 'in' : 'before'}:${name}`),
  'before:switch',
  'switched',
  'end',
];

test('killed in any step, the runner comes to the same end at its next start', { timeout: 120_000 }, async () => {
  const origin = new Origin();
  origin.account('acme');
  origin.account('globex');
  const change = (value: number): string => {
    origin.automation('acme', `a${value}`, String(value));
    origin.automation('globex', 'one', String(value));
    return origin.commit();
  };
  let commit = change(0);
  const [data, cache] = [newFolder(), newFolder()];
  let killedIn: string | undefined;
  let secrets: [string, string][] = [];
  for (const [index, where] of PLACES.entries()) {
    // Thirteen starts of the same program: what the first one compiled, the others take up.
    const env = { ...process.env, NODE_COMPILE_CACHE: cache };
    const process_ = spawn(process.execPath, [child, origin.folder, data, where], { env });
    let [out, err] = ['', ''];
    process_.stderr.on('data', (chunk) => (err += String(chunk)));
    process_.stdout.on('data', (chunk) => {
      out += String(chunk);
      // Its state is told: the commit that it is killed at may come.
      if (!out.endsWith('\n')) return;
      commit = change(index + 1);
      process_.stdin.write('go');
    });
    const before = commit;
    const [code, signal] = (await once(process_, 'close')) as [number | null, string | null];
    const state = JSON.parse(out || '{}') as State;
    assert.equal(err, '');
    const expected = Object.fromEntries(
      Array.from({ length: index + 1 }, (_, value) => [`acme/a${value}`, String(value)]),
    );
    assert.deepEqual(state.serving, { ...expected, 'globex/one': String(index) });
    assert.deepEqual(
      state.inventory,
      ['', 'acme', 'globex'].map((account) => [account, 'ready', before]),
    );
    assert.equal(state.open, 0, 'no record stays open');
    if (killedIn !== undefined) {
      // A kill in the middle of a short step may come in the next one.
      const names = STEPS.map(({ name }) => name);
      assert.equal(state.left.length, 1, `cut off at ${PLACES[index - 1]}`);
      assert.ok(names.indexOf(state.left[0] ?? '') >= names.indexOf(killedIn));
      if (PLACES[index - 1]?.startsWith('in:') !== true) assert.deepEqual(state.left, [killedIn]);
    }
    for (const pair of secrets)
      assert.deepEqual(
        state.secrets.find(([name]) => name === pair[0]),
        pair,
      );
    ({ secrets } = state);
    if (where === 'end') assert.equal(code, 0);
    else if (signal === null) killedIn = undefined;
    else killedIn = where === 'switched' ? 'switch' : where.split(':')[1];
    if (where.startsWith('before') || where === 'switched') assert.equal(signal, 'SIGKILL');
  }
});
