import { percentOf, type AutomationCoverage, type CoverageKind } from '../testing/coverage.ts';
import { renderTable } from './render-table.ts';

const KINDS: readonly (readonly [CoverageKind, string])[] = [
  ['steps', 'STEPS'],
  ['branches', 'BRANCHES'],
  ['error_paths', 'ERROR PATHS'],
  ['mappings', 'MAPPINGS'],
];

/** What the tests went through, an automation a line, and below what they did not. */
export function renderCoverage(coverage: readonly AutomationCoverage[]): string {
  const rows = coverage.map(({ account, automation, items }) => [
    `${account}/${automation}`,
    ...KINDS.map(([kind]) => {
      const own = items.filter((item) => item.kind === kind);
      return own.length === 0 ? '–' : `${own.filter(({ covered }) => covered).length}/${own.length}`;
    }),
    `${percentOf(items)} %`,
  ]);
  const all = `${percentOf(coverage.flatMap(({ items }) => items))} %`;
  const table = renderTable([
    ['AUTOMATION', ...KINDS.map(([, title]) => title), 'COVERED'],
    ...rows,
    ['all', '', '', '', '', all],
  ]);
  const missing = coverage.flatMap(({ account, automation, items }) =>
    KINDS.flatMap(([kind, title]) => {
      const names = items.filter((item) => item.kind === kind && !item.covered).map(({ name }) => name);
      return names.length === 0 ? [] : [`  ${account}/${automation}, ${title.toLowerCase()}: ${names.join(', ')}`];
    }),
  );
  return missing.length === 0 ? table : [table, '', 'Not covered:', ...missing].join('\n');
}
