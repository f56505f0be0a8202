import type { Action } from '../generated/connector.ts';
import type { JsonObject } from '../json/value.ts';
import type { Column, ColumnKind, Table } from '../workspace/table.ts';

/** An action of the `table` connector with the columns of a table in its schemas. */
export function tableAction(action: Action, name: string, { columns }: Table): Action {
  const input = withProperties(action.input, {
    table: { const: name },
    where: {
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: Object.fromEntries(columns.map((column) => [column.name, KINDS[column.kind]])),
    },
    column: { enum: bandColumns(columns).map((column) => column.name) },
    value: { type: [...new Set(bandColumns(columns).map(({ kind }) => (kind === 'date' ? 'string' : 'number')))] },
  });
  const row = rowSchema(columns);
  return { ...action, input, output: withProperties(action.output, { row, rows: { type: 'array', items: row } }) };
}

/** Columns whose values have an order that bands can be made of. */
export function bandColumns(columns: readonly Column[]): Column[] {
  return columns.filter(({ kind }) => kind === 'number' || kind === 'integer' || kind === 'date');
}

const KINDS: { [kind in ColumnKind]: JsonObject } = {
  text: { type: 'string' },
  number: { type: 'number' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
};

function rowSchema(columns: readonly Column[]): JsonObject {
  return {
    type: 'object',
    required: columns.filter(({ optional }) => !optional).map(({ name }) => name),
    additionalProperties: false,
    properties: Object.fromEntries(columns.map(({ name, kind }) => [name, KINDS[kind]])),
  };
}

/** The schema with these in place of properties that it has; others are none of its own. */
function withProperties(schema: JsonObject, changed: { [name: string]: JsonObject }): JsonObject {
  const properties = Object.entries((schema as { properties?: JsonObject }).properties ?? {});
  return { ...schema, properties: Object.fromEntries(properties.map(([name, own]) => [name, changed[name] ?? own])) };
}
