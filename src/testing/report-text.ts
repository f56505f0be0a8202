import { renderBroken, renderFailures } from './render-failure.ts';
import type { FileResult } from './run-tests.ts';

type Source = (file: string) => string | undefined;

/** What came of a file, for readers: a line a case, and why those failed that did. */
export function reportFileAsText(result: FileResult, source: Source): string {
  const lines = [result.file];
  if (isBroken(result)) lines.push('  ✗ it cannot be run', indented(renderBroken(result, source)));
  for (const [index, one] of result.cases.entries()) {
    lines.push(`  ${one.passed ? '✓' : '✗'} ${one.name}`);
    if (!one.passed) lines.push(indented(renderFailures(result, index, one)));
  }
  return lines.join('\n');
}

/** Whether a file could not be run. */
export function isBroken({ document }: FileResult): boolean {
  return document === undefined;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
