import { CsvError, parse, type InfoRecord } from 'csv-parse/sync';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isExact } from '../json/parse.ts';

/** What the cells of a column hold. */
export type ColumnKind = 'text' | 'number' | 'integer' | 'boolean' | 'date';

export interface Column {
  name: string;
  kind: ColumnKind;
  /** Its cells may be empty. */
  optional: boolean;
}

/** A cell's value; `null` where it is empty. */
export type Cell = string | number | boolean | null;

/** A CSV file of tables/. */
export interface Table {
  file: string;
  /** The text of its first line, which says what the columns are. */
  header: string;
  columns: Column[];
  rows: Cell[][];
}

/** Findings of one file; who has more of them has one reason for all. */
const MAX_FINDINGS = 20;

/**
 * Reads a table: CSV with commas and a first line of column names (RFC 4180), each with its kind where that is not text:
 * `sku,price:number,until:date?`. With `?`, cells may be empty.
 */
export function parseTable(file: string, text: string): { table?: Table; diagnostics: Diagnostic[] } {
  const report = new Report(file);
  const [first, ...records] = recordsOf(text, report);
  const columns = first === undefined ? [] : columnsOf(first.record, report);
  if (first === undefined) report.add(1, 'the table has no header', 'begin it with the names of its columns');
  if (report.diagnostics.length > 0) return report;
  const rows = records.map(({ record, info }) =>
    record.map((cell, index) => cellOf(cell, columns[index], info, report)),
  );
  if (report.diagnostics.length > 0) return report;
  return { table: { file, header: first?.record.join(',') ?? '', columns, rows }, diagnostics: [] };
}

class Report {
  readonly diagnostics: Diagnostic[] = [];
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  add(line: number, message: string, help: string): void {
    if (this.diagnostics.length >= MAX_FINDINGS) return;
    const range = { start: { line, column: 1 }, end: { line, column: 2 } };
    this.diagnostics.push({ code: 'WB2025', severity: 'error', message, file: this.file, pointer: '', range, help });
  }
}

interface CsvRecord {
  record: string[];
  info: InfoRecord;
}

function recordsOf(text: string, report: Report): CsvRecord[] {
  try {
    // The types of the library do not follow its options: with `info`, records come with where they are.
    return parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        if (error !== undefined) report.add(lineOf(error), ...wordsOf(error));
      },
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    report.add(lineOf(error), ...wordsOf(error));
    return [];
  }
}

function lineOf({ lines }: CsvError): number {
  return typeof lines === 'number' ? lines : 1;
}

/** What is wrong with a line, and the way out. */
function wordsOf({ code, message }: CsvError): [string, string] {
  if (code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' || code === 'CSV_RECORD_INCONSISTENT_COLUMNS')
    return [
      'the row has not as many cells as the header',
      'give it a cell for each column; a cell with a comma stands in double quotes',
    ];
  return [`the line is not CSV: ${message}`, 'a cell with quotes stands in double quotes, with each quote in it twice'];
}

const HEADER = /^([A-Za-z_][A-Za-z0-9_]*)(?::(text|number|integer|boolean|date))?(\?)?$/;

function columnsOf(record: readonly string[], report: Report): Column[] {
  const seen = new Set<string>();
  return record.map((cell) => {
    const [, name = '', kind = 'text', optional] = HEADER.exec(cell.trim()) ?? [];
    if (name === '') {
      const semicolons = record.length === 1 && cell.includes(';');
      const help = semicolons
        ? 'separate the columns by commas, not by semicolons'
        : 'write a name of letters, digits and _, then : and text, number, integer, boolean or date where it is not text, then ? where cells may be empty';
      report.add(1, `\`${cell}\` is no column`, help);
    } else if (seen.has(name)) report.add(1, `there are two columns \`${name}\``, 'give each column a name of its own');
    seen.add(name);
    // The pattern lets no other kind through.
    return { name, kind: kind as ColumnKind, optional: optional !== undefined };
  });
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function cellOf(text: string, column: Column | undefined, { lines }: InfoRecord, report: Report): Cell {
  if (column === undefined) return null;
  const { name, kind, optional } = column;
  if (text === '' && optional) return null;
  if (kind === 'text') return text;
  const value = valueOf(text, kind);
  if (value !== undefined) return value;
  const message = text === '' ? `\`${name}\` is empty` : `\`${name}\` holds \`${text}\`, which is ${NOT[kind]}`;
  const way = text === '' ? `end its name in the header with ?` : `write it as ${EXAMPLE[kind]}`;
  report.add(lines, message, `${way}, or make it a column of text`);
  return null;
}

/** The value of a cell that is not a text; `undefined` where it is not of its kind. */
function valueOf(text: string, kind: Exclude<ColumnKind, 'text'>): Cell | undefined {
  switch (kind) {
    case 'number':
      return NUMBER.test(text) && isExact(text, Number(text)) ? Number(text) : undefined;
    case 'integer':
      return /^-?(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'date':
      return isDay(text) ? text : undefined;
  }
}

function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const NOT = {
  number: 'no number that is kept exactly',
  integer: 'no whole number that is kept exactly',
  boolean: 'neither true nor false',
  date: 'no day',
};
const EXAMPLE = { number: '1234.5', integer: '1234', boolean: 'true or false', date: '2026-01-31' };
