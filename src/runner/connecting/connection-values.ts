import { RE2JS } from 're2js';
import { bareValue, fieldsInUse, fieldsWithDefaults } from '../../connectors/connection-fields.ts';
import type { ConnectionSpec, Field } from '../../generated/connector.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import type { ConnectionForm } from './connection-form.ts';

/** What a person entered, by field. */
export interface EnteredFields {
  [name: string]: string;
}

/** What is wrong with a field, in words that follow its title, without the value. */
export interface FieldProblem {
  field: string;
  message: string;
  help?: string;
}

/** What a connection is made of, in its normal form. */
export interface ConnectionValues {
  /** To be encrypted. */
  secrets: EnteredFields;
  /** To be added to account.json. */
  open: JsonObject;
  /** All that is not secret, with the connector's defaults. */
  known: JsonObject;
}

export type ReadValues = { ok: true; values: ConnectionValues } | { ok: false; problems: FieldProblem[] };

/** Reads what was entered by what the connector says of its fields. What account.json has already is not read again. */
export function readValues(
  { spec, given }: Pick<ConnectionForm, 'spec' | 'given'>,
  entered: EnteredFields,
): ReadValues {
  const all: JsonObject = {};
  const problems: FieldProblem[] = [];
  for (const [name, field] of Object.entries(spec.fields)) {
    const text = valueOf(field, entered[name]);
    if (field.secret === true || Object.hasOwn(given, name) || text === '') continue;
    const value = parseValue(field, text);
    if (value === undefined) problems.push({ field: name, message: KINDS[field.type ?? 'string'] });
    else if (!isDefault(field, value)) all[name] = value;
  }
  const known = fieldsWithDefaults(spec, { ...given, ...all });
  const inUse = fieldsInUse(spec, known);
  for (const [name, field] of inUse) {
    const problem = field.secret === true ? undefined : openProblem(field, known[name]);
    if (problem !== undefined && !problems.some((one) => one.field === name))
      problems.push({ field: name, ...problem });
  }
  const { secrets, problems: ofSecrets } = readSecrets(spec, known, entered);
  const found = [...problems, ...ofSecrets].filter(({ field }) => inUse.some(([name]) => name === field));
  if (found.length > 0) return { ok: false, problems: found };
  const open = Object.fromEntries(Object.entries(all).filter(([name]) => inUse.some(([one]) => one === name)));
  return { ok: true, values: { secrets, open, known } };
}

/** Reads the secret fields alone. `known` are the connection's other fields. */
export function readSecrets(
  spec: ConnectionSpec,
  known: JsonObject,
  entered: EnteredFields,
): { secrets: EnteredFields; problems: FieldProblem[] } {
  const secrets: EnteredFields = {};
  const problems: FieldProblem[] = [];
  for (const [name, field] of secretFieldsInUse(spec, known)) {
    const value = valueOf(field, entered[name]);
    if (value !== '') secrets[name] = value;
    const problem = value === '' ? missing(field) : formProblem(field, value);
    if (problem !== undefined) problems.push({ field: name, ...problem });
  }
  return { secrets, problems };
}

/** The secret fields that a connection with these other fields has. */
export function secretFieldsInUse(spec: ConnectionSpec, known: JsonObject): [string, Field][] {
  return fieldsInUse(spec, known).filter(([, field]) => field.secret === true);
}

type Problem = Omit<FieldProblem, 'field'>;

const KINDS = {
  string: 'must be a text',
  number: 'must be a number',
  boolean: 'must be true or false',
  list: 'must have at least one line',
};

function valueOf(field: Field, text: string | undefined): string {
  return text === undefined ? '' : bareValue(field, text);
}

/** `undefined` where the text is not of the field's type. */
function parseValue({ type = 'string' }: Field, text: string): Json | undefined {
  if (type === 'string') return text;
  if (type === 'number') return Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const items = text.split(/[\n,]/).map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function isDefault(field: Field, value: Json): boolean {
  return field.default !== undefined && JSON.stringify(field.default) === JSON.stringify(value);
}

function openProblem(field: Field, value: Json | undefined): Problem | undefined {
  if (value === undefined) return missing(field);
  if (typeof value !== 'string') return undefined;
  if (field.enum !== undefined && !field.enum.includes(value))
    return { message: `must be one of ${field.enum.join(', ')}` };
  return formProblem(field, value);
}

function missing({ required }: Field): Problem | undefined {
  return required === false ? undefined : { message: 'is missing' };
}

function formProblem({ pattern }: Field, value: string): Problem | undefined {
  if (pattern === undefined || RE2JS.compile(RE2JS.translateRegExp(pattern)).matches(value)) return undefined;
  const beginnings = beginningsOf(pattern);
  const wrong = beginnings.length > 0 && !beginnings.some((beginning) => value.startsWith(beginning));
  return {
    message: wrong ? `does not begin with ${beginnings.join(' or ')}` : `does not have the form ${pattern}`,
    help: /\s/.test(value)
      ? 'there is a blank or the end of a line in it: was more copied than the value?'
      : 'was it copied whole, and from the right place?',
  };
}

/** The texts that fit a pattern which says no more than how they begin, such as `^sk-ant-.+$` or `^(ntn_|secret_)\S+$`. */
function beginningsOf(pattern: string): string[] {
  const [, several, one] = /^\^(?:\(([\w|-]+)\)|([\w-]+))(?:\.|\\S)\+\$$/.exec(pattern) ?? [];
  return several?.split('|') ?? (one === undefined ? [] : [one]);
}
