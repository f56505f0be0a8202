import type { Difference } from './difference.ts';
import {
  describeAutomation,
  describeChange,
  describeConnector,
  describeSecurity,
  describeShared,
  isEmpty,
} from './difference-words.ts';

/** Characters of a comment: GitHub takes 65,536. */
const MAX_MARKDOWN = 60_000;

/** A difference for the terminal. */
export function renderDifferenceText(difference: Difference): string {
  if (isEmpty(difference)) return 'no changes';
  return sectionsOf(difference)
    .map(({ title, items }) =>
      [title, ...items.flatMap(({ line, details }) => [`  ${line}`, ...details.map((one) => `    ${one}`)])].join('\n'),
    )
    .join('\n\n');
}

/** A difference as a comment on a pull request. What the files say can form no markup, link or mention. */
export function renderDifferenceMarkdown(difference: Difference): string {
  if (isEmpty(difference)) return 'No plan changes.\n';
  const lines: string[] = [];
  let length = 0;
  for (const { title, items } of sectionsOf(difference)) {
    const section = [`### ${escapeMarkdown(title)}`, '', ...items.flatMap(renderItem), ''];
    for (const line of section) {
      length += line.length + 1;
      if (length > MAX_MARKDOWN) return `${lines.join('\n')}\n\n… and more: \`waybill plan --against …\` shows all.\n`;
      lines.push(line);
    }
  }
  return lines.join('\n');
}

interface Item {
  line: string;
  details: string[];
}

function sectionsOf({ security, connectors, shared, accounts }: Difference): { title: string; items: Item[] }[] {
  return [
    { title: 'Who can read secrets, and where they go', items: security.map((one) => plain(describeSecurity(one))) },
    { title: 'Connectors', items: connectors.map((one) => plain(describeConnector(one))) },
    {
      title: 'Shared automations',
      items: shared.map((one) => ({ line: describeShared(one), details: one.changes.map(describeChange) })),
    },
    ...accounts.map(({ account, automations }) => ({
      title: `Account ${account}`,
      items: automations.map((one) => ({ line: describeAutomation(one), details: one.changes.map(describeChange) })),
    })),
  ].filter(({ items }) => items.length > 0);
}

function plain(line: string): Item {
  return { line, details: [] };
}

function renderItem({ line, details }: Item): string[] {
  // One line each, so that a comment that is cut stays whole markup.
  return [`- ${escapeMarkdown(line)}`, ...details.map((one) => `  - ${codeSpan(one)}`)];
}

function escapeMarkdown(text: string): string {
  // A word joiner behind @ keeps a name from being a mention.
  return oneLine(text)
    .replaceAll(/[\\`*_{}[\]()#+!|<>~&]/g, (sign) => `\\${sign}`)
    .replaceAll('@', '@\u2060')
    .replaceAll('://', ':\u2060//');
}

/** In more backticks than the text has in a row (CommonMark §6.1): nothing within is markup. */
function codeSpan(text: string): string {
  const line = oneLine(text);
  const runs = line.match(/`+/g)?.map((run) => run.length) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
