/**
 * Makes src/generated/ from schemas/: a TypeScript type and an ajv validator for each, compiled ahead so that nothing is
 * compiled at start-up; and from the types of what the API gives, schemas for its document. `--check` writes nothing and fails where a file is not what it would write.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import formats from 'ajv-formats';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { createGenerator } from 'ts-json-schema-generator';

const root = join(import.meta.dirname, '..');
const schemasDir = join(root, 'schemas');
const generatedDir = join(root, 'src/generated');

/** Keywords whose keys are names of the author's choosing, not keywords. */
const NAMED_SCHEMAS = new Set(['properties', '$defs']);

const files = new Map<string, string>();
for (const name of readdirSync(schemasDir).toSorted()) {
  const base = name.replace('.schema.json', '');
  files.set(`${base}.ts`, await typeOf(readSchema(name)));
}
files.set('validators.js', await validators());
files.set('validators.d.ts', validatorTypes());
files.set('answer-schemas.ts', answerSchemas());
process.exitCode = process.argv.includes('--check') ? check() : write();

function readSchema(name: string): AnySchemaObject {
  return JSON.parse(readFileSync(join(schemasDir, name), 'utf8')) as AnySchemaObject;
}

function baseNames(): string[] {
  return readdirSync(schemasDir)
    .toSorted()
    .map((name) => name.replace('.schema.json', ''));
}

async function typeOf(schema: AnySchemaObject): Promise<string> {
  const text = await compile(forTypes(schema) as AnySchemaObject, String(schema['title']), {
    cwd: schemasDir,
    bannerComment: '// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.',
    maxItems: -1,
    $refOptions: {
      resolve: {
        file: {
          canRead: true,
          read: (file: { url: string }) => JSON.stringify(forTypes(readSchema(basename(file.url)))),
        },
      },
    },
  });
  const used = ['Json', 'JsonObject'].filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return used.length === 0
    ? text
    : text.replace('\n\n', `\n\nimport type { ${used.join(', ')} } from '../json/value.ts'\n\n`);
}

/** A choice between sets of required properties says nothing that these types could say. */
function isOneOfRequired(key: string, value: unknown): boolean {
  return key === 'oneOf' && (value as object[]).every((member) => Object.keys(member).join() === 'required');
}

/** The schema with what json-schema-to-typescript would type too loosely said in its own words (tsType). */
function forTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(forTypes);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => !['minItems', 'examples'].includes(key) && !isOneOfRequired(key, value),
  );
  const copy = Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      NAMED_SCHEMAS.has(key) ? mapValues(value as object, forTypes) : forTypes(value),
    ]),
  );
  if (copy['additionalProperties'] === true && copy['properties'] === undefined)
    return { ...describe(copy), tsType: 'JsonObject' };
  if (Object.keys(copy).every((key) => key === 'description' || key === 'default') && 'description' in copy)
    return { ...describe(copy), tsType: 'Json' };
  return copy;
}

function mapValues(value: object, change: (item: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
}

function describe(schema: { [key: string]: unknown }): object {
  return schema['description'] === undefined ? {} : { description: schema['description'] };
}

async function validators(): Promise<string> {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    // An error then names the properties that there are.
    verbose: true,
    code: { source: true, esm: true },
  });
  formats.default(ajv);
  for (const base of baseNames()) ajv.addSchema(readSchema(`${base}.schema.json`));
  const ids = Object.fromEntries(
    baseNames().map((base) => [validatorName(base), String(readSchema(`${base}.schema.json`)['$id'])]),
  );
  const code = standaloneCode.default(ajv, {
    ...ids,
    validateJsonSchema: 'https://json-schema.org/draft/2020-12/schema',
  });
  // ajv's standalone ESM still calls require() for its helpers; bundling resolves them.
  const bundled = await build({
    stdin: { contents: code, resolveDir: root, loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    minify: true,
    legalComments: 'none',
  });
  return bundled.outputFiles[0]?.text ?? '';
}

function validatorTypes(): string {
  const names = [...baseNames().map(validatorName), 'validateJsonSchema'];
  return [
    "import type { ValidateFunction } from 'ajv';",
    ...names.map((name) => `export declare const ${name}: ValidateFunction;`),
    '',
  ].join('\n');
}

/** The other way around: what the API gives is defined by its types. */
function answerSchemas(): string {
  const { definitions = {} } = createGenerator({
    path: join(root, 'src/server/*-types.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    type: '*',
    skipTypeCheck: true,
  }).createSchema('*');
  // Any JSON: how it is held in memory is nobody's concern.
  const shown = { ...definitions, ExactNumber: undefined, Json: {}, JsonObject: { type: 'object' } };
  const text = JSON.stringify(shown, undefined, 2).replaceAll('#/definitions/', '#/components/schemas/');
  const banner =
    '// Made from src/server/*-types.ts by scripts/generate.ts; run `npm run generate` after a change there.';
  return `${banner}\n\n/** Schemas of what the API gives, for \`components\` of its OpenAPI document. */\nexport const ANSWER_SCHEMAS = ${text};\n`;
}

function validatorName(base: string): string {
  return `validate${base.charAt(0).toUpperCase()}${base.slice(1)}`;
}

function write(): number {
  rmSync(generatedDir, { recursive: true, force: true });
  mkdirSync(generatedDir, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(generatedDir, name), text);
  console.log(`wrote ${files.size} files to src/generated/`);
  return 0;
}

function check(): number {
  const stale = [...files]
    .filter(([name, text]) => readOrEmpty(join(generatedDir, name)) !== text)
    .map(([name]) => name);
  for (const name of stale) console.error(`src/generated/${name} is not current: run npm run generate`);
  return stale.length === 0 ? 0 : 1;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
