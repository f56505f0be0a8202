import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { WHOLE_FILE } from '../../workspace/source-tree.ts';
import type { CompileContext } from '../context.ts';

/** IVs and wrapped data keys as they stand in a file; nothing in them is ever escaped. */
const MARK = /,iv:([^,"]+)|"enc":\s*"([^"]+)"/g;

/** No IV and no wrapped data key serves twice, in one file or in two: then one was copied from the other. */
export function checkReusedSeals({ workspace, report }: CompileContext): void {
  for (const pair of reuses(workspace.secrets)) report(diagnosticOf(pair));
}

/** The same, of secrets files of different accounts alone: what a check account by account does not see. */
export function reusedSealsAcrossAccounts(secrets: ReadonlyMap<string, string>): Diagnostic[] {
  return reuses(secrets)
    .filter(({ file, other }) => accountOf(file) !== accountOf(other))
    .map(diagnosticOf);
}

interface Reuse {
  file: string;
  other: string;
}

/** Each file with each earlier one that it has a mark in common with; with itself, where it has one twice. */
function reuses(secrets: ReadonlyMap<string, string>): Reuse[] {
  const seen = new Map<string, string[]>();
  return [...secrets].flatMap(([file, text]) => {
    const others = new Set<string>();
    for (const [, iv, key] of text.matchAll(MARK)) {
      const mark = iv ?? key ?? '';
      const holders = seen.get(mark) ?? [];
      for (const other of holders) others.add(other);
      seen.set(mark, [...holders, file]);
    }
    return [...others].map((other) => ({ file, other }));
  });
}

function diagnosticOf({ file, other }: Reuse): Diagnostic {
  const [, account = '', name = ''] = file.split('/');
  return {
    code: 'WB5022',
    severity: 'error',
    message: file === other ? 'two values are encrypted with the same IV' : `a part of it was copied from ${other}`,
    file,
    pointer: '',
    range: WHOLE_FILE,
    hidden: true,
    help: `waybill connect ${account} ${name.replace(/\.json$/, '')} --web`,
  };
}

function accountOf(file: string): string | undefined {
  return file.split('/')[1];
}
