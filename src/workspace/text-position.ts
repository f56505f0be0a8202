import type { Position, Range } from '../diagnostics/diagnostic.ts';

/** The place of the offsets `start` to `end` of a text. */
export function rangeIn(text: string, start: number, end: number): Range {
  const starts = lineStartsOf(text);
  return { start: positionAt(starts, start), end: positionAt(starts, end) };
}

/** The offsets at which the lines of a text begin. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) starts.push(index + 1);
  return starts;
}

/** The line and column of an offset. */
export function positionAt(lineStarts: readonly number[], offset: number): Position {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}
