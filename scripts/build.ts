/** Makes dist/, the published program: the command, everything that it needs in one file, and the others' licences. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };

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
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: engines.node.replace('>=', 'node'),
  // jsonc-parser's `main` is UMD, whose requires cannot be followed.
  mainFields: ['module', 'main'],
  define: { 'import.meta.dirname': '__dirname' },
  // Names stay as they are: a stack trace is to be readable.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
});
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicenses(metafile, root));
