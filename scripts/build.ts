/** Makes dist/, the published program: the command in pieces with everything that it needs, and the others' licences. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform, type BuildOptions } from 'esbuild';
import { lazyModules } from './lazy-modules.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };

/** What the compiler imports and few workspaces need, as it is imported, and what is put into the file. */
const LAZY = {
  './ajv.ts': './src/json/ajv.ts',
  'libphonenumber-js/max': 'libphonenumber-js/max',
  re2js: 're2js',
  'temporal-polyfill': 'temporal-polyfill',
};
/** Node's own modules that take long to load. */
const LAZY_BUILTINS = ['node:child_process', 'node:crypto'];

/** How the code is written. Names stay as they are: a stack trace is to be readable. */
const WRITTEN = {
  platform: 'node',
  target: engines.node.replace('>=', 'node'),
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
} as const satisfies BuildOptions;

rmSync(dist, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { waybill: 'src/cli/bin.cjs' },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  external: ['./main.cjs'],
  platform: 'node',
  // Any old Node must be able to read it, to say that it is too old.
  target: 'es5',
});
chmodSync(join(dist, 'waybill.cjs'), 0o755);

const lazy = await lazyModules(LAZY, LAZY_BUILTINS, { ...WRITTEN, absWorkingDir: root, outdir: dist });
const { metafile, outputFiles } = await build({
  ...WRITTEN,
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  // In pieces, so that each command reads only what it needs.
  splitting: true,
  format: 'esm',
  write: false,
  // jsonc-parser's `main` is UMD, whose requires cannot be followed.
  mainFields: ['module', 'main'],
  define: { 'import.meta.dirname': '__dirname' },
  plugins: [lazy.plugin],
  metafile: true,
});
for (const { path, text } of outputFiles) {
  // esbuild cuts nothing but ES modules, and Node starts CommonJS sooner.
  const { code } = await transform(text, { ...WRITTEN, format: 'cjs', supported: { 'dynamic-import': false } });
  writeFileSync(path, code);
}
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicenses([metafile, ...lazy.metafiles], root));
