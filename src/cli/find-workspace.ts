import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from './exit.ts';

/** The workspace's folder: the one that was named, or the nearest from here upwards with a waybill.json. */
export function findWorkspace(named: string | undefined): string {
  if (named !== undefined) {
    const folder = resolve(named);
    if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder}`);
    return folder;
  }
  const nearest = nearestWorkspace();
  if (nearest !== undefined) return nearest;
  throw new UsageError(
    'no folder from here upwards has a waybill.json',
    'go to a workspace, or name one with --workspace',
  );
}

/** The nearest folder from one upwards with a waybill.json. */
export function nearestWorkspace(from = process.cwd()): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'waybill.json'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
