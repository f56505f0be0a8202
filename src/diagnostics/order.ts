import type { Diagnostic } from './diagnostic.ts';

/** By file, place and code: the same findings always come in the same order. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (left, right) =>
      compare(left.file, right.file) ||
      left.range.start.line - right.range.start.line ||
      left.range.start.column - right.range.start.column ||
      compare(left.code, right.code) ||
      compare(left.message, right.message),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
