import type { Code } from '../diagnostics/registry.ts';
import { WHOLE_FILE } from '../workspace/source-tree.ts';
import type { CompileContext } from './context.ts';

/** An error of a file below `secrets/`, of which nothing is shown. */
export function reportSecretsFile(
  { report }: CompileContext,
  code: Code,
  file: string,
  message: string,
  help: string | undefined,
): void {
  // Where the file is refused, its first line may be a secret.
  const place = { file, pointer: '', range: WHOLE_FILE, hidden: true as const };
  report({ code, severity: 'error', message, ...place, ...(help === undefined ? {} : { help }) });
}
