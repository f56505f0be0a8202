import type { Code } from '../diagnostics/registry.ts';
import type { PointerToken } from '../json/pointer.ts';
import type { AccountContext } from './context.ts';

interface AccountFinding {
  message: string;
  help: string;
  /** Within the entry of `install`, where the finding is about a part of it. */
  installPlace?: readonly PointerToken[];
}

/**
 * Reports what an automation meets in one account: at its own place in the account's own automation; of a shared one where
 * the account installs it, because that is the file that can mend it.
 */
export function reportInAccount(
  { account, name, checked, install, report }: AccountContext,
  code: Code,
  path: readonly PointerToken[],
  { message, help, installPlace = [] }: AccountFinding,
): void {
  const { document } = checked.automation;
  if (install === undefined) {
    report(document.diagnostic(code, path, message, { help }));
    return;
  }
  const place = ['install', name, ...installPlace];
  const range = account.document.rangeOf(place, installPlace.length === 0 ? 'key' : 'value');
  const related = [{ message: 'where it is needed', file: document.file, range: document.rangeOf(path) }];
  report({ ...account.document.diagnostic(code, place, `\`${name}\`: ${message}`, { help, range }), related });
}
