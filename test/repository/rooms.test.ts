import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const MAX_LINES = 400;

/** Who may import whom; `types` stands for imports that vanish. */
const MAY_IMPORT: { [room: string]: string[] } = {
  json: [],
  generated: ['json'],
  diagnostics: [],
  github: [],
  run: ['json'],
  plan: ['generated', 'json'],
  language: ['diagnostics', 'json'],
  workspace: ['diagnostics', 'json', 'generated'],
  secrets: ['json'],
  connectors: ['json', 'generated', 'run', 'language', 'plan', 'secrets'],
  compiler: ['json', 'generated', 'diagnostics', 'workspace', 'language', 'plan', 'connectors', 'secrets'],
  authoring: ['json', 'generated', 'diagnostics', 'run', 'language', 'connectors', 'engine'],
  store: ['json', 'run'],
  engine: ['json', 'generated', 'run', 'language', 'plan', 'connectors', 'store', 'secrets'],
  testing: [
    'json',
    'generated',
    'diagnostics',
    'run',
    'plan',
    'workspace',
    'connectors',
    'secrets',
    'compiler',
    'store',
    'engine',
    'runner',
  ],
  server: ['json', 'generated', 'run', 'runner', 'store', 'engine', 'secrets', 'authoring'],
};
const ONLY: { [edge: string]: RegExp } = {
  'compiler → secrets': /^secrets\/(find-credentials|inspect|sealed-hosts|sops-rules)\.ts$/,
  'compiler → connectors': /^connectors\/(auth-way|catalog|connection-fields|derived-order|hosts|shared-schemas)\.ts$/,
  'connectors → secrets': /^secrets\/(credential|redaction|same-secret)\.ts$/,
  'authoring → connectors': /^connectors\/(auth-way|catalog)\.ts$/,
  'engine → secrets': /^secrets\/credential\.ts$/,
};
/** Rooms that are functions of their input. */
const PURE = ['compiler', 'language', 'diagnostics', 'authoring'];

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, path = '']) =>
    path.startsWith('.') ? relative(join(root, 'src'), join(root, dirname(file), path)) : path,
  );
}

test('each room imports only what it may', () => {
  const wrong: string[] = [];
  for (const file of filesBelow('src')) {
    const [, room = ''] = file.split('/');
    const allowed = MAY_IMPORT[room];
    if (allowed === undefined) continue;
    for (const path of importsOf(file)) {
      if (path.startsWith('node:')) {
        if (PURE.includes(room)) wrong.push(`${file} → ${path}`);
        continue;
      }
      const [target = ''] = path.split('/');
      if (!(target in MAY_IMPORT) && !['runner', 'cli'].includes(target)) continue;
      const only = ONLY[`${room} → ${target}`];
      if ((target !== room && !allowed.includes(target)) || (only !== undefined && !only.test(path)))
        wrong.push(`${file} → ${path}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('pure rooms read no clock, no environment and no chance', () => {
  const wrong = PURE.flatMap((room) => filesBelow(`src/${room}`)).filter((file) =>
    /Date\.now|new Date\(|process\.env|Math\.random/.test(readFileSync(join(root, file), 'utf8')),
  );
  assert.deepEqual(wrong, []);
});

test('no file is longer than one can read in one sitting', () => {
  const long = ['src', 'test', 'scripts', 'bench', 'demo']
    .flatMap(filesBelow)
    .filter(
      (file) =>
        !file.startsWith('src/generated/') && readFileSync(join(root, file), 'utf8').split('\n').length > MAX_LINES,
    );
  assert.deepEqual(long, []);
});

test('dependencies are pinned exactly, and the lockfile names no host', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: { [name: string]: string };
  };
  for (const [name, version] of Object.entries(devDependencies))
    assert.match(version, /^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/, name);
  assert.doesNotMatch(readFileSync(join(root, 'package-lock.json'), 'utf8'), /https?:\/\/[^"]*\.tgz/);
});

test('a private key lies nowhere but in the demo’s file, which says so', () => {
  const files = ['src', 'test', 'scripts', 'bench', 'demo'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }),
  );
  const holders = files
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => /AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]{20}/.test(readFileSync(join(root, file), 'latin1')));
  assert.deepEqual(holders, ['demo/demo.agekey']);
});
