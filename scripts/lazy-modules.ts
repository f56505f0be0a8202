import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';

const require = createRequire(import.meta.url);

/**
 * Lets the program load modules when something of them is first used, though it imports them at its start: the plugin puts
 * a stub in their place, whose exports are getters. `modules` says, by what is written in imports, what is put into a file of
 * its own; `builtins` are Node's. `options` say where the files go and how they are written.
 */
export async function lazyModules(
  modules: { [imported: string]: string },
  builtins: readonly string[],
  options: BuildOptions,
): Promise<{ plugin: Plugin; metafiles: Metafile[] }> {
  const stubs = new Map(builtins.map((name) => [name, stubOf(name, require(name) as object)]));
  const metafiles: Metafile[] = [];
  for (const [imported, entry] of Object.entries(modules)) {
    const { metafile, file } = await buildFile(entry, options);
    metafiles.push(metafile);
    stubs.set(imported, stubOf(`./${basename(file)}`, require(`../${file}`) as object));
  }
  return { plugin: stubPlugin(stubs), metafiles };
}

function stubPlugin(stubs: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'lazy-modules',
    setup(program) {
      program.onResolve({ filter: /./ }, ({ path, namespace }) => {
        if (namespace === 'stub') return { path, external: true };
        return stubs.has(path) ? { path, namespace: 'stub' } : undefined;
      });
      program.onLoad({ filter: /./, namespace: 'stub' }, ({ path }) => ({ contents: stubs.get(path) ?? '' }));
    },
  };
}

async function buildFile(entry: string, options: BuildOptions): Promise<{ metafile: Metafile; file: string }> {
  const { metafile } = await build({
    ...options,
    entryPoints: [entry],
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    metafile: true,
  });
  const [file = ''] = Object.keys(metafile.outputs);
  return { metafile, file };
}

/** A CommonJS module with the exports of another, which it loads for the first of them that is asked for. */
function stubOf(path: string, { ...exported }: object): string {
  const getters = Object.keys(exported)
    .filter((name) => name !== '__esModule')
    .map((name) => `get ${name}() { return require('${path}').${name}; }`);
  return `module.exports = { ${getters.join(', ')} };`;
}
