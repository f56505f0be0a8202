import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { watchWorkspace } from '../../src/runner/watch.ts';

test('every way of saving is followed, again and again', { timeout: 20_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-watch-'));
  await mkdir(join(folder, 'automations/acme'), { recursive: true });
  let saved: (() => void) | undefined;
  const unwatch = watchWorkspace(folder, () => {
    saved?.();
    return Promise.resolve();
  });
  t.after(async () => {
    unwatch();
    await rm(folder, { recursive: true });
  });
  const follows = async (save: () => Promise<unknown>): Promise<void> => {
    const told = new Promise<void>((resolve) => (saved = resolve));
    await save();
    await told;
  };
  const replaced = async (file: string): Promise<void> => {
    await writeFile(join(folder, 'new'), '{}');
    await rename(join(folder, 'new'), join(folder, file));
  };
  await follows(() => writeFile(join(folder, 'waybill.json'), '{}'));
  await follows(() => writeFile(join(folder, 'automations/acme/one.json'), '{}'));
  // As git and most editors save.
  for (const _ of [1, 2, 3]) await follows(() => replaced('automations/acme/one.json'));
  await follows(() => mkdir(join(folder, 'connectors/crm'), { recursive: true }));
  await follows(() => writeFile(join(folder, 'connectors/crm/connector.json'), '{}'));
  // A folder in the place of another of the same name, as after a change of branches.
  await follows(() => rm(join(folder, 'automations'), { recursive: true }));
  await follows(() => mkdir(join(folder, 'automations/acme'), { recursive: true }));
  await follows(() => writeFile(join(folder, 'automations/acme/two.json'), '{}'));
  await follows(() => rm(join(folder, 'automations/acme/two.json')));
});
