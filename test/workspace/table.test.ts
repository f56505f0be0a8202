import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_TABLE_SIZE } from '../../src/workspace/source-tree.ts';
import { parseTable, type Cell, type ColumnKind } from '../../src/workspace/table.ts';
import { TreeBuilder } from '../../src/workspace/tree-builder.ts';

const KINDS: { [kind in ColumnKind]: fc.Arbitrary<Cell> } = {
  text: fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '😀') }),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  integer: fc.maxSafeInteger().map((number) => number + 0),
  boolean: fc.boolean(),
  date: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
};

function quoted(cell: Cell): string {
  return typeof cell === 'string' ? `"${cell.replaceAll('"', '""')}"` : String(cell ?? '');
}

/** A table as RFC 4180 writes it. */
function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

test('what is written as CSV comes back as it was', () => {
  const kinds = fc.array(fc.constantFrom<ColumnKind[]>('text', 'number', 'integer', 'boolean', 'date'), {
    minLength: 1,
    maxLength: 5,
  });
  const table = kinds.chain((columns) =>
    fc.record({ columns: fc.constant(columns), rows: fc.array(fc.tuple(...columns.map((kind) => KINDS[kind]))) }),
  );
  fc.assert(
    fc.property(table, ({ columns, rows }) => {
      const header = columns.map((kind, index) => `c${index}:${kind}`);
      const parsed = parseTable('tables/t.csv', csvOf([header, ...rows]));
      assert.deepEqual(parsed.diagnostics, []);
      assert.deepEqual(parsed.table?.rows, rows);
    }),
    { numRuns: 200 },
  );
});

test('an empty cell is absent where the column says so; of text it is an empty text', () => {
  const { table } = parseTable('tables/t.csv', '\ufeffa,b?,c:number?\n"",,\n\nx,y,1\n');
  assert.deepEqual(table?.columns, [
    { name: 'a', kind: 'text', optional: false },
    { name: 'b', kind: 'text', optional: true },
    { name: 'c', kind: 'number', optional: true },
  ]);
  assert.deepEqual(table.rows, [
    ['', null, null],
    ['x', 'y', 1],
  ]);
});

test('no text throws, and what is wrong is told at its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ':', '?', '1') }), (text) => {
      const { table, diagnostics } = parseTable('tables/t.csv', text);
      assert.equal(table === undefined, diagnostics.length > 0);
    }),
  );
  const { diagnostics } = parseTable('tables/t.csv', 'a,b:number\n"two\nlines",1\nx\n');
  assert.deepEqual(
    diagnostics.map(({ message, range }) => [message, range.start.line]),
    [['the row has not as many cells as the header', 4]],
  );
});

test('a table has a size that plans can hold', () => {
  const builder = new TreeBuilder();
  assert.equal(builder.admits('tables/prices.csv', MAX_TABLE_SIZE), true);
  assert.equal(builder.admits('tables/prices.csv', MAX_TABLE_SIZE + 1), false);
  const [found] = builder.tree().diagnostics;
  assert.equal(found?.code, 'WB1005');
  assert.match(found.help ?? '', /key-value storage/);
});
