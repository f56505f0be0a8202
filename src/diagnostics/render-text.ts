import type { Diagnostic, Range } from './diagnostic.ts';

const MAX_WIDTH = 100;

/**
 * One diagnostic as people read it: what, where, the line with the place marked, and the way out. `source` is the
 * file's text; without it, and where the line may hold a secret, the line is left out.
 */
export function renderDiagnostic(diagnostic: Diagnostic, source: string | undefined): string {
  const { code, severity, message, file, range, related = [], help, hidden } = diagnostic;
  const margin = ' '.repeat(String(range.start.line).length);
  const shown = hidden === true ? undefined : source;
  const lines = [`${severity}[${code}]: ${message}`, ...renderPlace(file, range, shown)];
  for (const other of related) {
    lines.push(
      `${margin} = see: ${other.message} (${other.file}:${other.range.start.line}:${other.range.start.column})`,
    );
  }
  if (help !== undefined) lines.push(`${margin} = help: ${help}`);
  return `${lines.join('\n')}\n`;
}

/** Where it is, and the line with the place marked. */
export function renderPlace(file: string, range: Range, source: string | undefined): string[] {
  const margin = ' '.repeat(String(range.start.line).length);
  const place = `${margin}--> ${file}:${range.start.line}:${range.start.column}`;
  return source === undefined ? [place] : [place, ...codeFrame(source, range, margin)];
}

function codeFrame(source: string, range: Range, margin: string): string[] {
  const line = source.split(/\r?\n/)[range.start.line - 1] ?? '';
  const start = range.start.column - 1;
  const end = range.end.line === range.start.line ? Math.max(range.end.column - 1, start + 1) : line.length;
  // A long line is cut so that the place stays in sight.
  const from = start > MAX_WIDTH / 2 ? start - MAX_WIDTH / 4 : 0;
  const shown = line.slice(from, from + MAX_WIDTH);
  const cut = `${from > 0 ? '…' : ''}${shown}${from + MAX_WIDTH < line.length ? '…' : ''}`;
  const before = (from > 0 ? ' ' : '') + shown.slice(0, start - from).replace(/[^\t]/g, ' ');
  const marks = '^'.repeat(Math.max(1, Math.min(end, from + MAX_WIDTH) - start));
  return [`${margin} |`, `${range.start.line} | ${cut}`, `${margin} | ${before}${marks}`];
}
