import type { PlanTable } from '../../generated/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';

type Row = PlanTable['rows'][number];

/** The output of an action of the `table` connector; its input has been checked. */
export function lookUp(action: string, input: JsonObject, table: PlanTable): JsonObject {
  switch (action) {
    case 'lookup':
      return foundRow(table.rows.find(fits(input, table)), table);
    case 'lookup_band':
      return foundRow(bandOf(input, table), table);
    case 'find':
      return someRows(table.rows.filter(fits(input, table)), input, table);
    case 'list':
      return someRows(table.rows, input, table);
    default:
      throw new TypeError(`tables have no action ${action}`);
  }
}

/** Whether a row holds what `where` says. */
function fits({ where, ignore_case: ignoreCase }: JsonObject, { columns }: PlanTable): (row: Row) => boolean {
  const plain = (value: Json | undefined): Json | undefined =>
    ignoreCase === true && typeof value === 'string' ? value.toLowerCase() : value;
  const wanted = Object.entries(isJsonObject(where) ? where : {}).map(
    ([name, value]) => [columns.indexOf(name), plain(value)] as const,
  );
  return (row) => wanted.every(([index, value]) => plain(row[index]) === value);
}

/** The row whose value in the column is the greatest that is not above the given one: the first of such. */
function bandOf({ column, value }: JsonObject, { columns, rows }: PlanTable): Row | undefined {
  const index = columns.findIndex((name) => name === column);
  let best: Row | undefined;
  for (const row of rows) {
    const [begin, before] = [row[index], best?.[index]];
    if (isBelow(begin, value) && (best === undefined || !isBelow(begin, before))) best = row;
  }
  return best;
}

/** Dates are compared as texts: ISO 8601 sorts by time. */
function isBelow(left: Json | undefined, right: Json | undefined): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left <= right;
  return typeof left === 'string' && typeof right === 'string' && left <= right;
}

function foundRow(row: Row | undefined, table: PlanTable): JsonObject {
  return row === undefined ? { found: false } : { found: true, row: objectOf(row, table) };
}

function someRows(rows: readonly Row[], { limit }: JsonObject, table: PlanTable): JsonObject {
  const kept = typeof limit === 'number' ? rows.slice(0, limit) : rows;
  return { rows: kept.map((row) => objectOf(row, table)), count: rows.length };
}

/** What is empty is left out. */
function objectOf(row: Row, { columns }: PlanTable): JsonObject {
  const cells = columns.map((name, index) => [name, row[index] ?? null] as const);
  return Object.fromEntries(cells.filter(([, value]) => value !== null));
}
