import type { Diagnostic, Severity } from './diagnostic.ts';

const COMMANDS: { [severity in Severity]: string } = { error: 'error', warning: 'warning', note: 'notice' };
/** How many annotations of a kind GitHub shows for a step; what is beyond is only in the log. */
const SHOWN = 10;

/**
 * Findings as workflow commands of GitHub Actions, one a line, which show them in the pull request
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). `prefix` leads from the repository's
 * root to the workspace, such as `integrations/`.
 */
export function renderGithub(diagnostics: readonly Diagnostic[], prefix: string): string {
  const lines = diagnostics.map((diagnostic) => annotation(diagnostic, prefix));
  for (const severity of ['error', 'warning'] as const) {
    const count = diagnostics.filter((one) => one.severity === severity).length;
    if (count > SHOWN) lines.push(`::notice::${count - SHOWN} more ${severity}s are in the log of this step`);
  }
  return lines.join('\n');
}

function annotation({ severity, code, message, help, file, range }: Diagnostic, prefix: string): string {
  const { start, end } = range;
  // GitHub draws columns only within one line.
  const columns = start.line === end.line ? { col: start.column, endColumn: end.column } : {};
  const properties = { file: prefix + file, line: start.line, endLine: end.line, ...columns, title: code };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const text = help === undefined ? message : `${message}\nhelp: ${help}`;
  return `::${COMMANDS[severity]} ${written.join(',')}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
