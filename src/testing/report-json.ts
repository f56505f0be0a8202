import { formatPointer } from '../json/pointer.ts';
import type { AutomationCoverage } from './coverage.ts';
import type { FileResult } from './run-tests.ts';

/** The results for programs; places are JSON Pointers within the case. */
export function reportAsJson(
  results: readonly FileResult[],
  coverage: readonly AutomationCoverage[] | undefined,
): string {
  const files = results.map(({ file, account, automation, broken, cases }) => ({
    file,
    account,
    automation,
    broken,
    cases: cases.map(({ name, passed, problems, differences }) => ({
      name,
      passed,
      problems: problems.map(({ path, ...problem }) => ({ pointer: formatPointer(path), ...problem })),
      differences: differences.map(({ path, ...values }) => ({ pointer: formatPointer(path), ...values })),
    })),
  }));
  return JSON.stringify({ files, ...(coverage === undefined ? {} : { coverage }) });
}
