import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes the locks that a git which was killed left in a mirror. The mirror belongs to one runner, which holds its data
 * folder, so at its start nobody else can be at work there.
 */
export function removeStaleLocks(mirror: string): void {
  for (const path of readdirSync(mirror, { recursive: true, encoding: 'utf8' }))
    if (path.endsWith('.lock')) rmSync(join(mirror, path), { force: true });
}
