import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import { hasExpression } from '../../language/template.ts';
import { WHOLE_FILE } from '../../workspace/source-tree.ts';
import type { Table } from '../../workspace/table.ts';
import type { AccountContext, AutomationContext, CompileContext, ResolvedAction } from '../context.ts';
import { reportInAccount } from '../report-in-account.ts';
import type { StepNode } from '../step-tree.ts';
import { bandColumns, tableAction } from '../table-action.ts';

/** The action of a step that reads a table, with the table's columns; `undefined` where there is no such table. */
export function resolveTable(
  { automation, tables, report }: AutomationContext,
  node: StepNode,
  resolved: ResolvedAction,
): ResolvedAction | undefined {
  const { document } = automation;
  const name = node.step.with?.table;
  const path = [...node.path, 'with', 'table'];
  // A missing or misplaced name is told with the action's other fields.
  if (typeof name !== 'string') return resolved;
  if (hasExpression(name)) {
    const help = 'name one table here; a switch chooses between several';
    report(document.diagnostic('WB2024', path, 'which table this is must be known before a run', { help }));
    return undefined;
  }
  const table = tables.get(name);
  if (table === undefined) {
    const message = `${tables.has(name) ? 'the table is broken' : 'there is no table'}: tables/${name}.csv`;
    const help = tables.has(name) ? MEND : suggestion(name, [...tables.keys()]);
    report(document.diagnostic('WB2024', path, message, { help }));
    return undefined;
  }
  if (resolved.name === 'lookup_band' && bandColumns(table.columns).length === 0) {
    const help = 'say in its header which column holds numbers or dates, such as from:number';
    report(document.diagnostic('WB2024', path, `the table ${name} has no column that bands could begin in`, { help }));
    return undefined;
  }
  return { ...resolved, action: tableAction(resolved.action, name, table), table: name };
}

/** The tables that an automation reads, by name, with the account's own rows where it has some. */
export function resolveTables(context: AccountContext): Map<string, Table> {
  const { account, checked, tables, workspace } = context;
  const used = new Map<string, Table>();
  for (const [{ path }, { table: name }] of checked.actions) {
    if (name === undefined) continue;
    const [common, own] = [tables.get(name), workspace.accountTables.get(account.name)];
    const table = own?.has(name) === true ? own.get(name) : common;
    if (table !== undefined && table.header === common?.header) used.set(name, table);
    else {
      const message = `the table is broken: tables/${account.name}/${name}.csv`;
      reportInAccount(context, 'WB2024', [...path, 'with', 'table'], { message, help: MEND });
    }
  }
  return used;
}

/** The tables of accounts stand in the place of one that all have, with the same columns. */
export function checkAccountTables({ workspace, tables, report }: CompileContext): void {
  for (const [account, own] of workspace.accountTables) {
    for (const [name, table] of own) {
      const problem = table === undefined ? undefined : problemOf(table, name, tables);
      if (table !== undefined && problem !== undefined) report(misplaced(table, ...problem));
    }
    const [first] = [...own.values()].filter((table) => table !== undefined);
    if (first !== undefined && !workspace.accounts.has(account))
      report(misplaced(first, `there is no account ${account}`, `tables of all accounts lie in tables/ itself`));
  }
}

/** What is wrong with an account's table, and the way out. */
function problemOf(table: Table, name: string, tables: CompileContext['tables']): [string, string] | undefined {
  const common = tables.get(name);
  if (common === undefined && !tables.has(name))
    return [
      `there is no tables/${name}.csv in whose place it could stand`,
      `make one for the accounts that have no rows of their own; its header alone is enough: ${table.header}`,
    ];
  if (common === undefined || common.header === table.header) return undefined;
  return [`its columns are not those of ${common.file}`, `begin it with: ${common.header}`];
}

function misplaced({ file }: Table, message: string, help: string): Diagnostic {
  return { code: 'WB2026', severity: 'error', message, file, pointer: '', range: WHOLE_FILE, help };
}

const MEND = 'see what is found in that file';

function suggestion(name: string, known: string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? `tables: ${known.join(', ') || 'none'}` : `did you mean \`${near}\`?`;
}
