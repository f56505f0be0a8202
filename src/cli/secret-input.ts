import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { fieldsInUse, fieldsWithDefaults } from '../connectors/connection-fields.ts';
import type { ConnectionSpec, Field } from '../generated/connector.ts';
import type { JsonObject } from '../json/value.ts';
import type { ConnectionForm } from '../runner/connecting/connection-form.ts';
import {
  readSecrets,
  readValues,
  secretFieldsInUse,
  type ConnectionValues,
  type FieldProblem,
} from '../runner/connecting/connection-values.ts';
import { UsageError } from './exit.ts';

export interface SecretFields {
  [name: string]: string;
}

/** Asks on the terminal for the fields that a connection needs and does not have; what is secret is not shown as it is typed. */
export async function askFields({ connector, spec, given }: ConnectionForm): Promise<SecretFields> {
  const entered: SecretFields = {};
  await withPrompt('give the fields as JSON with --stdin', async (ask) => {
    console.error(`${connector.title} needs:`);
    for (const [name, field] of Object.entries(spec.fields)) {
      const known = fieldsWithDefaults(spec, { ...given, ...entered });
      const inUse = fieldsInUse(spec, known).some(([one]) => one === name);
      // What is not secret and can be left out is written into account.json by who wants it.
      if (!inUse || (field.secret !== true && (field.required === false || Object.hasOwn(given, name)))) continue;
      const value = await ask(field);
      if (value !== '') entered[name] = value;
    }
  });
  return entered;
}

/** Asks for one secret field on the terminal, without showing what is typed. */
export async function askSecretField(field: Field): Promise<string> {
  let value = '';
  await withPrompt('give the value with --stdin', async (ask) => {
    value = await ask(field);
  });
  return value;
}

/** Reads one value from stdin, without the line end after it. */
export async function readSecretValue(input: AsyncIterable<Buffer | string>): Promise<string> {
  return (await readAll(input)).replace(/\r?\n$/, '');
}

/** Reads the fields from stdin as a JSON object of texts. */
export async function readSecretFields(input: AsyncIterable<Buffer | string>): Promise<SecretFields> {
  return parseSecretFields(await readAll(input), 'what came on stdin');
}

/** Reads the fields as a JSON object of texts. `name` says in a refusal where the text is from; the text is not shown. */
export function parseSecretFields(text: string, name: string): SecretFields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse's message would hold a part of the text.
    throw new UsageError(`${name} is not JSON`, 'for example: {"api_key": "…"}');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${name} must be a JSON object of texts`);
  const fields: SecretFields = {};
  for (const [field, content] of Object.entries(value)) {
    if (typeof content !== 'string') throw new UsageError(`the field ${field} must be a text`);
    fields[field] = content;
  }
  return fields;
}

/**
 * Checks the fields against the connector and gives them in their normal form. `known` are the connection's other fields.
 * What is wrong is said without the value.
 */
export function checkSecretFields(spec: ConnectionSpec, known: JsonObject, entered: SecretFields): SecretFields {
  const wanted = secretFieldsInUse(spec, known).map(([name]) => name);
  const unknown = Object.keys(entered).find((name) => !wanted.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`there is no secret field ${unknown}`, `fields: ${wanted.join(', ')}`);
  const { secrets, problems } = readSecrets(spec, known, entered);
  if (problems.length > 0) throw refusal(spec, problems);
  return secrets;
}

/**
 * Checks all fields of a connection, also those that account.json lacks, and gives them in their normal form. What is wrong
 * is said without the value.
 */
export function checkFields({ spec, given }: ConnectionForm, entered: SecretFields): ConnectionValues {
  const wanted = Object.keys(spec.fields).filter((name) => !Object.hasOwn(given, name));
  const unknown = Object.keys(entered).find((name) => !wanted.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      Object.hasOwn(given, unknown) ? `${unknown} stands in account.json` : `there is no field ${unknown}`,
      Object.hasOwn(given, unknown) ? 'change it there' : `fields: ${wanted.join(', ')}`,
    );
  const read = readValues({ spec, given }, entered);
  if (read.ok) return read.values;
  throw refusal(spec, read.problems);
}

/** For the first of the problems. */
function refusal({ fields }: ConnectionSpec, [problem]: readonly FieldProblem[]): UsageError {
  const { field = '', message = '', help } = problem ?? {};
  return new UsageError(`the field ${field} (${fields[field]?.title ?? field}) ${message}`, help);
}

async function withPrompt(
  otherwise: string,
  use: (ask: (field: Field) => Promise<string>) => Promise<void>,
): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('there is no terminal to ask on', otherwise);
  let shown = false;
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (shown) process.stderr.write(chunk as Buffer);
      done();
    },
  });
  const prompt = createInterface({ input: process.stdin, output, terminal: true });
  // What was pasted together with a line may be the secret after it.
  prompt.on('line', () => (shown = false));
  // Keeps the lines that were pasted at once.
  const lines = prompt[Symbol.asyncIterator]();
  try {
    await use(async (field) => {
      if (field.help_url !== undefined) console.error(`  (made at ${field.help_url})`);
      const question = `  ${field.title}${hintOf(field)}: ${field.prefix ?? ''}`;
      shown = field.secret !== true;
      if (shown) {
        prompt.setPrompt(question);
        prompt.prompt();
      } else process.stderr.write(question);
      const value = await readEntry(lines, field.lines === true);
      if (!shown) process.stderr.write('\n');
      return value;
    });
  } finally {
    prompt.close();
  }
}

/** A line, or `several` up to an empty one. */
async function readEntry(lines: AsyncIterator<string>, several: boolean): Promise<string> {
  const read: string[] = [];
  for (;;) {
    const line = await lines.next();
    if (line.done === true) throw new UsageError('the entry was ended');
    read.push(line.value);
    if (!several || line.value.trim() === '') return read.join('\n').trim();
  }
}

function hintOf({ required, default: fallback, enum: choices, lines }: Field): string {
  const hints = [
    ...(lines === true ? ['several lines; an empty one ends it'] : []),
    ...(choices === undefined ? [] : [choices.join(' or ')]),
    ...(fallback === undefined ? [] : [`empty: ${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}`]),
    ...(required === false ? ['may be left empty'] : []),
  ];
  return hints.length === 0 ? '' : ` (${hints.join('; ')})`;
}

async function readAll(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
