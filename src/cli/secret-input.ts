import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { RE2JS } from 're2js';
import type { ConnectionSpec } from '../generated/connector.ts';
import { UsageError } from './exit.ts';

export interface SecretFields {
  [name: string]: string;
}

/** Asks for each secret field on the terminal, without showing what is typed. */
export async function askSecretFields(title: string, spec: ConnectionSpec): Promise<SecretFields> {
  if (!process.stdin.isTTY)
    throw new UsageError('there is no terminal to ask on', 'give the fields as JSON with --stdin');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  const fields: SecretFields = {};
  console.error(`${title} needs:`);
  for (const [name, field] of secretFields(spec)) {
    if (field.help_url !== undefined) console.error(`  (made at ${field.help_url})`);
    process.stderr.write(`  ${field.title}${field.required === false ? ' (may be left empty)' : ''}: `);
    const value = (await prompt.question('')).trim();
    process.stderr.write('\n');
    if (value !== '') fields[name] = value;
  }
  prompt.close();
  return fields;
}

/** Reads the fields as a JSON object of texts. */
export async function readSecretFields(input: AsyncIterable<Buffer | string>): Promise<SecretFields> {
  let text = '';
  for await (const chunk of input) text += String(chunk);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse's message would hold a part of the text.
    throw new UsageError('what came on stdin is not JSON', 'for example: {"api_key": "…"}');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError('stdin must hold a JSON object of texts');
  const fields: SecretFields = {};
  for (const [name, field] of Object.entries(value)) {
    if (typeof field !== 'string') throw new UsageError(`the field ${name} must be a text`);
    fields[name] = field;
  }
  return fields;
}

/** Checks the fields against the connector. What is wrong is said without the value. */
export function checkSecretFields(spec: ConnectionSpec, fields: SecretFields): void {
  const known = secretFields(spec);
  for (const name of Object.keys(fields)) {
    if (!known.some(([field]) => field === name))
      throw new UsageError(`there is no secret field ${name}`, `fields: ${known.map(([field]) => field).join(', ')}`);
  }
  for (const [name, { title, required, pattern }] of known) {
    const value = fields[name];
    if (value === undefined || value === '') {
      if (required !== false) throw new UsageError(`the field ${name} (${title}) is missing`);
    } else if (pattern !== undefined && !RE2JS.compile(RE2JS.translateRegExp(pattern)).matches(value)) {
      throw new UsageError(
        `the field ${name} (${title}) does not have the form ${pattern}`,
        'was it copied whole, and from the right place?',
      );
    }
  }
}

function secretFields(spec: ConnectionSpec): [string, ConnectionSpec['fields'][string]][] {
  return Object.entries(spec.fields).filter(([, field]) => field.secret === true);
}
