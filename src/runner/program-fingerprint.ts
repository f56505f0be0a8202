import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtinCatalog, builtinText } from '../connectors/builtin.ts';

/** Names the installed program; from the sources, which change under our hands, nothing is kept. */
export function programFingerprint(): string | undefined {
  const program = join(import.meta.dirname, 'main.cjs');
  if (!existsSync(program)) return undefined;
  // It names its pieces by their content, so it is different where one of them is.
  const hash = createHash('sha256').update(readFileSync(program));
  for (const name of builtinCatalog().names()) hash.update(`\n${name}\n${builtinText(name)}`);
  return hash.digest('hex');
}
