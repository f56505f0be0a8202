import type { JsonObject } from '../json/value.ts';

export interface NewAccount {
  /** Name of its folder. */
  account: string;
  /** The customer's name as people write it. */
  name: string;
  /** age public keys. */
  recipients: readonly string[];
}

/** The file of a template's own, and where it goes in a workspace. */
const TEMPLATES: readonly (readonly [template: string, path: string])[] = [
  ['gitignore', '.gitignore'],
  ['gitattributes', '.gitattributes'],
  ['pre-commit', '.githooks/pre-commit'],
  ['workflow.yml', '.github/workflows/waybill.yml'],
  ['action.yml', '.github/actions/waybill/action.yml'],
  ['README.md', 'README.md'],
];

/** The files of a new workspace by path, with one account and its first automation. `template` gives a template's text. */
export function newWorkspace(
  account: NewAccount,
  version: string,
  template: (name: string) => string,
): Map<string, string> {
  const folder = `automations/${account.account}`;
  return new Map([
    ['waybill.json', written({ waybill: version })],
    ...newAccount(account),
    [`${folder}/greet.json`, template('greet.json')],
    [`${folder}/greet.test.json`, template('greet.test.json')],
    ...TEMPLATES.map(([name, path]): [string, string] => [path, template(name)]),
  ]);
}

/** The file of a new account. */
export function newAccount({ account, name, recipients }: NewAccount): Map<string, string> {
  return new Map([[`automations/${account}/account.json`, written({ name, recipients: [...recipients] })]]);
}

function written(value: JsonObject): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
