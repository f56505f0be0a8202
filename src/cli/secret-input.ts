import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { RE2JS } from 're2js';
import { bareValue, fieldsInUse } from '../connectors/connection-fields.ts';
import type { ConnectionSpec, Field } from '../generated/connector.ts';
import type { JsonObject } from '../json/value.ts';
import { UsageError } from './exit.ts';

export interface SecretFields {
  [name: string]: string;
}

/** Asks for each secret field on the terminal, without showing what is typed. */
export async function askSecretFields(title: string, spec: ConnectionSpec, known: JsonObject): Promise<SecretFields> {
  const fields: SecretFields = {};
  await withSilentPrompt('give the fields as JSON with --stdin', async (ask) => {
    console.error(`${title} needs:`);
    for (const [name, field] of secretFields(spec, known)) {
      const value = await ask(field);
      if (value !== '') fields[name] = value;
    }
  });
  return fields;
}

/** Asks for one secret field on the terminal, without showing what is typed. */
export async function askSecretField(field: Field): Promise<string> {
  let value = '';
  await withSilentPrompt('give the value with --stdin', async (ask) => {
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
  const wanted = secretFields(spec, known);
  for (const name of Object.keys(entered)) {
    if (!wanted.some(([field]) => field === name))
      throw new UsageError(`there is no secret field ${name}`, `fields: ${wanted.map(([field]) => field).join(', ')}`);
  }
  const fields: SecretFields = {};
  for (const [name, field] of wanted) {
    const { title, required, pattern } = field;
    const value = entered[name] === undefined ? undefined : bareValue(field, entered[name]);
    if (value !== undefined && value !== '') fields[name] = value;
    if (value === undefined || value === '') {
      if (required !== false) throw new UsageError(`the field ${name} (${title}) is missing`);
    } else if (pattern !== undefined && !RE2JS.compile(RE2JS.translateRegExp(pattern)).matches(value)) {
      throw new UsageError(
        `the field ${name} (${title}) does not have the form ${pattern}`,
        'was it copied whole, and from the right place?',
      );
    }
  }
  return fields;
}

function secretFields(spec: ConnectionSpec, known: JsonObject): [string, Field][] {
  return fieldsInUse(spec, known).filter(([, field]) => field.secret === true);
}

async function withSilentPrompt(
  otherwise: string,
  use: (ask: (field: Field) => Promise<string>) => Promise<void>,
): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('there is no terminal to ask on', otherwise);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    await use(async (field) => {
      if (field.help_url !== undefined) console.error(`  (made at ${field.help_url})`);
      const empty = field.required === false ? ' (may be left empty)' : '';
      process.stderr.write(`  ${field.title}${empty}: ${field.prefix ?? ''}`);
      const value = (await prompt.question('')).trim();
      process.stderr.write('\n');
      return value;
    });
  } finally {
    prompt.close();
  }
}

async function readAll(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
