import { renderDiagnostic, renderPlace } from '../diagnostics/render-text.ts';
import type { PointerToken } from '../json/pointer.ts';
import type { Json } from '../json/value.ts';
import type { Difference } from './difference.ts';
import type { CaseResult, FileResult } from './run-tests.ts';

/** Characters of a value that are shown in a line. */
const WIDTH = 100;
/** Of a long text so many characters stand before the first that differs. */
const BEFORE = 30;

/** Why a file could not be run, as `waybill check` shows it; `source` gives a file's text. */
export function renderBroken({ broken }: FileResult, source: (file: string) => string | undefined): string {
  return broken
    .map((finding) => renderDiagnostic(finding, source(finding.file)))
    .join('\n')
    .trimEnd();
}

/** Why a case failed: each place of the test's file with what was expected and what came. */
export function renderFailures({ document }: FileResult, index: number, result: CaseResult): string {
  const at = (path: readonly PointerToken[], lines: (margin: string) => string[]): string[] => {
    if (document === undefined) return lines('');
    const range = document.rangeOf(['cases', index, ...path]);
    const margin = `${' '.repeat(String(range.start.line).length)} = `;
    return [...renderPlace(document.file, range, document.text), ...lines(margin)];
  };
  const problems = result.problems.map(({ path, message, help }) =>
    [message, ...at(path, (margin) => (help === undefined ? [] : [`${margin}help: ${help}`]))].join('\n'),
  );
  const differences = result.differences.map((difference) =>
    [titleOf(difference), ...at(difference.path, (margin) => renderDifference(difference, margin))].join('\n'),
  );
  return [...problems, ...differences].join('\n\n');
}

function titleOf({ path, expected, actual }: Difference): string {
  const place = path
    .map((token, index) => (typeof token === 'number' ? `[${token}]` : `${index > 0 ? '.' : ''}${token}`))
    .join('');
  if (actual === undefined) return `${place} is expected and did not come`;
  return expected === undefined ? `${place} came and is not expected` : `${place} is not what came`;
}

function renderDifference({ expected, actual }: Difference, margin: string): string[] {
  if (typeof expected === 'string' && typeof actual === 'string') return renderTexts(expected, actual, margin);
  return [...renderValue('expected', expected, margin), ...renderValue('actual', actual, margin)];
}

/** Two texts, cut so that the first character that differs is in sight, and marked. */
function renderTexts(expected: string, actual: string, margin: string): string[] {
  const [left, right] = [JSON.stringify(expected), JSON.stringify(actual)];
  const [one, other] = [Array.from(left), Array.from(right)];
  const first = one.findIndex((character, index) => character !== other[index]);
  const at = first === -1 ? one.length : first;
  const from = Math.max(left.length, right.length) > WIDTH ? Math.max(0, at - BEFORE) : 0;
  const cut = (characters: readonly string[]): string =>
    `${from > 0 ? '…' : ''}${characters.slice(from, from + WIDTH).join('')}${from + WIDTH < characters.length ? '…' : ''}`;
  const mark = ' '.repeat(at - from + (from > 0 ? 1 : 0));
  return [
    `${margin}expected: ${cut(one)}`,
    `${margin}actual:   ${cut(other)}`,
    `${margin.replace('=', ' ')}          ${mark}^`,
  ];
}

function renderValue(name: string, value: Json | undefined, margin: string): string[] {
  if (value === undefined) return [];
  const inline = JSON.stringify(value);
  const shown = inline.length <= WIDTH ? [inline] : JSON.stringify(value, undefined, 2).split('\n');
  const space = ' '.repeat(margin.length + 'expected: '.length);
  return shown.map((line, index) => (index === 0 ? `${margin}${`${name}:`.padEnd(10)}${line}` : `${space}${line}`));
}
