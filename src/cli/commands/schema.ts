import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { applyEdits, modify, parse } from 'jsonc-parser';
import { accountEditorSchema, automationEditorSchema } from '../../authoring/editor-schema.ts';
import { packageFolder } from '../../connectors/builtin.ts';
import type { JsonObject } from '../../json/value.ts';
import { checkWorkspace } from '../../runner/check-workspace.ts';
import { SHARED } from '../../workspace/workspace.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';

export interface SchemaOptions {
  workspace?: string;
  account?: string;
  write?: true;
}

/** Where the schemas are written; the folder is the runner's too, and not for git. */
const FOLDER = '.waybill/schemas';

/** `waybill schema`: prints the automations' schema of an account; with `--write` sets up VS Code for all accounts. */
export async function schema(options: SchemaOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  const { workspace, catalog } = await checkWorkspace(folder);
  const files = new Map<string, JsonObject>();
  const associations: JsonObject[] = [];
  const associate = (name: string, value: JsonObject, fileMatch: string[]): void => {
    files.set(`${FOLDER}/${name}`, value);
    associations.push({ fileMatch, url: `./${FOLDER}/${name}` });
  };
  for (const [account, { value }] of workspace.accounts) {
    const connections = Object.keys(value.connections ?? {});
    const match = [`/automations/${account}/*.json`, `!/automations/${account}/account.json`, `!*.test.json`];
    associate(
      `automation.${account}.schema.json`,
      automationEditorSchema(baseSchema('automation'), catalog, connections),
      match,
    );
  }
  const sharedMatch = [`/automations/${SHARED}/*.json`, '!*.test.json'];
  associate(`automation.${SHARED}.schema.json`, automationEditorSchema(baseSchema('automation'), catalog), sharedMatch);
  const shared = [...workspace.shared].flatMap(([name, source]) =>
    source === undefined ? [] : [[name, source.value] as const],
  );
  associate('account.schema.json', accountEditorSchema(baseSchema('account'), catalog, new Map(shared)), [
    '/automations/*/account.json',
  ]);
  for (const [name, match] of [
    ['test', '/automations/*/*.test.json'],
    ['connector', '/connectors/*/connector.json'],
    ['waybill', '/waybill.json'],
  ] as const)
    associate(`${name}.schema.json`, baseSchema(name), [match]);
  if (options.write === true) return write(folder, files, associations);
  const account = options.account ?? [...workspace.accounts.keys()][0];
  const chosen = files.get(`${FOLDER}/automation.${account}.schema.json`);
  if (chosen === undefined)
    throw new UsageError(
      `there is no account ${account}`,
      `accounts: ${[...workspace.accounts.keys()].join(', ') || 'none'}`,
    );
  console.log(JSON.stringify(chosen, undefined, 2));
  return EXIT.clean;
}

function baseSchema(name: string): JsonObject {
  return JSON.parse(readFileSync(join(packageFolder(), 'schemas', `${name}.schema.json`), 'utf8')) as JsonObject;
}

async function write(
  folder: string,
  files: ReadonlyMap<string, JsonObject>,
  associations: readonly JsonObject[],
): Promise<number> {
  for (const [path, value] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${JSON.stringify(value, undefined, 2)}\n`);
  }
  await addToSettings(join(folder, '.vscode/settings.json'), associations);
  console.log(`Wrote ${files.size} schemas to ${FOLDER}/, and .vscode/settings.json names them.`);
  const own = readdirSync(folder).includes('.gitignore') ? readFileSync(join(folder, '.gitignore'), 'utf8') : '';
  if (!/^\/?\.waybill\/?$/m.test(own)) console.log('Add .waybill/ to .gitignore: it is made anew on each machine.');
  return EXIT.clean;
}

/** Puts our associations in the place of earlier ones; the user's own settings and comments stay. */
async function addToSettings(file: string, associations: readonly JsonObject[]): Promise<void> {
  const text = existsSync(file) ? await readFile(file, 'utf8') : '{}\n';
  const settings = parse(text) as { 'json.schemas'?: { url?: string }[] } | undefined;
  const others = (settings?.['json.schemas'] ?? []).filter(({ url }) => url?.startsWith(`./${FOLDER}/`) !== true);
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
  const edits = modify(text, ['json.schemas'], [...others, ...associations], { formattingOptions });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, applyEdits(text, edits));
}
