import type { SQLOutputValue } from 'node:sqlite';
import { parseJson } from '../../json/parse.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';

/** A row as SQLite gives it. The readers throw `TypeError` where a column is not what the tables say. */
export interface Row {
  [column: string]: SQLOutputValue;
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw wrongType(column, 'a text');
  return value;
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw wrongType(column, 'bytes');
  return value;
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw wrongType(column, 'an integer');
  return value;
}

export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column);
}

export function json(row: Row, column: string): Json {
  return parseJson(text(row, column));
}

export function optionalJson(row: Row, column: string): Json | undefined {
  return row[column] === null ? undefined : json(row, column);
}

export function jsonObject(row: Row, column: string): JsonObject {
  const value = json(row, column);
  if (!isJsonObject(value)) throw wrongType(column, 'a JSON object');
  return value;
}

export function texts(row: Row, column: string): string[] {
  const value = json(row, column);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw wrongType(column, 'a list of texts');
}

export function textsByName(row: Row, column: string): { [name: string]: string } {
  const named: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(jsonObject(row, column))) {
    if (typeof value !== 'string') throw wrongType(column, 'texts by name');
    named[name] = value;
  }
  return named;
}

function wrongType(column: string, expected: string): TypeError {
  return new TypeError(`The store's column ${column} should hold ${expected}. The data folder is damaged.`);
}
