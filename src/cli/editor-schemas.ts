import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { applyEdits, modify, parse } from 'jsonc-parser';
import { accountEditorSchema, automationEditorSchema } from '../authoring/editor-schema.ts';
import { packageFolder } from '../connectors/builtin.ts';
import type { JsonObject } from '../json/value.ts';
import type { CheckedWorkspace } from '../runner/check-workspace.ts';
import { SHARED } from '../workspace/workspace.ts';

/** Where the schemas are written; the folder is the runner's too, and not for git. */
export const SCHEMA_FOLDER = '.waybill/schemas';

export interface EditorSchemas {
  /** By path below the workspace. */
  files: Map<string, JsonObject>;
  /** Which files each is for, as VS Code's `json.schemas` has it. */
  associations: JsonObject[];
}

/** The path of the schema of an account's automations. */
export function automationSchemaPath(account: string): string {
  return `${SCHEMA_FOLDER}/automation.${account}.schema.json`;
}

/** The schemas by which an editor completes and checks the files of this workspace. */
export function editorSchemas({ workspace, catalog }: Pick<CheckedWorkspace, 'workspace' | 'catalog'>): EditorSchemas {
  const files = new Map<string, JsonObject>();
  const associations: JsonObject[] = [];
  const associate = (path: string, value: JsonObject, fileMatch: string[]): void => {
    files.set(path, value);
    associations.push({ fileMatch, url: `./${path}` });
  };
  for (const [account, { value }] of workspace.accounts) {
    const connections = Object.keys(value.connections ?? {});
    const match = [`/automations/${account}/*.json`, `!/automations/${account}/account.json`, `!*.test.json`];
    associate(
      automationSchemaPath(account),
      automationEditorSchema(baseSchema('automation'), catalog, connections),
      match,
    );
  }
  const sharedMatch = [`/automations/${SHARED}/*.json`, '!*.test.json'];
  associate(automationSchemaPath(SHARED), automationEditorSchema(baseSchema('automation'), catalog), sharedMatch);
  const shared = [...workspace.shared].flatMap(([name, source]) =>
    source === undefined ? [] : [[name, source.value] as const],
  );
  associate(
    `${SCHEMA_FOLDER}/account.schema.json`,
    accountEditorSchema(baseSchema('account'), catalog, new Map(shared)),
    ['/automations/*/account.json'],
  );
  for (const [name, match] of [
    ['test', '/automations/*/*.test.json'],
    ['connector', '/connectors/*/connector.json'],
    ['waybill', '/waybill.json'],
  ] as const)
    associate(`${SCHEMA_FOLDER}/${name}.schema.json`, baseSchema(name), [match]);
  return { files, associations };
}

/** Writes the schemas, and names them in the workspace's .vscode/settings.json. */
export async function writeEditorSchemas(folder: string, { files, associations }: EditorSchemas): Promise<void> {
  for (const [path, value] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${JSON.stringify(value, undefined, 2)}\n`);
  }
  await addToSettings(join(folder, '.vscode/settings.json'), associations);
}

function baseSchema(name: string): JsonObject {
  return JSON.parse(readFileSync(join(packageFolder(), 'schemas', `${name}.schema.json`), 'utf8')) as JsonObject;
}

/** Puts our associations in the place of earlier ones; the user's own settings and comments stay. */
async function addToSettings(file: string, associations: readonly JsonObject[]): Promise<void> {
  const text = existsSync(file) ? await readFile(file, 'utf8') : '{}\n';
  const settings = parse(text) as { 'json.schemas'?: { url?: string }[] } | undefined;
  const others = (settings?.['json.schemas'] ?? []).filter(
    ({ url }) => url?.startsWith(`./${SCHEMA_FOLDER}/`) !== true,
  );
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
  const edits = modify(text, ['json.schemas'], [...others, ...associations], { formattingOptions });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, applyEdits(text, edits));
}
