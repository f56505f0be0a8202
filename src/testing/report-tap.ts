import { renderBroken, renderFailures } from './render-failure.ts';
import { isBroken } from './report-text.ts';
import type { FileResult } from './run-tests.ts';

/** The results in the Test Anything Protocol, version 14 (testanything.org/tap-version-14-specification.html). */
export function reportAsTap(results: readonly FileResult[], source: (file: string) => string | undefined): string {
  const points = results.flatMap((result): Point[] => [
    ...(isBroken(result) ? [{ name: `${result.file}: it can be run`, failure: renderBroken(result, source) }] : []),
    ...result.cases.map((one, index): Point => {
      const name = `${result.account}/${result.automation}: ${one.name}`;
      return one.passed ? { name } : { name, failure: renderFailures(result, index, one) };
    }),
  ]);
  const lines = points.flatMap(({ name, failure }, index) => [
    `${failure === undefined ? 'ok' : 'not ok'} ${index + 1} - ${description(name)}`,
    ...(failure === undefined ? [] : ['  ---', '  message: |', ...failure.split('\n').map(inBlock), '  ...']),
  ]);
  return ['TAP version 14', `1..${points.length}`, ...lines].join('\n');
}

interface Point {
  name: string;
  failure?: string;
}

/** `#` begins a directive, `\` escapes. */
function description(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\#]/g, '\\$&');
}

function inBlock(line: string): string {
  return line === '' ? '' : `    ${line}`;
}
