/** The name of the file in which real sops looks for its rules. */
export const SOPS_CONFIG = '.sops.yaml';

const HEADER =
  '# Written by `waybill secrets updatekeys`: for real sops, one rule an account and nothing that catches the rest.\n';

/** Rules for real sops: for each account's folder, and no other file, its recipients (https://getsops.io/docs/). */
export function sopsRules(accounts: ReadonlyMap<string, readonly string[]>): string {
  const rules = [...accounts].map(([account, recipients]) => sopsRule(account, recipients));
  return `${HEADER}creation_rules:${rules.length === 0 ? ' []\n' : `\n${rules.join('')}`}`;
}

/** The rule of one account. */
export function sopsRule(account: string, recipients: readonly string[]): string {
  const path = `^secrets/${account.replace(/[^A-Za-z0-9_-]/g, '\\$&')}/[^/]+\\.json$`;
  return [
    `  - path_regex: '${path.replaceAll("'", "''")}'\n`,
    '    unencrypted_suffix: _unencrypted\n',
    `    age: ${recipients.join(',')}\n`,
  ].join('');
}

/** Whether nothing stands in the file but rules as we write them: sops takes the first one that fits a path. */
export function hasOnlyOurRules(text: string): boolean {
  return /^creation_rules:(?: \[\])?$/.test(text.replace(HEADER, '').replaceAll(RULE, '').trim());
}

const RULE =
  / {2}- path_regex: '\^secrets\/(?:\\.|''|[\w-])+\/\[\^\/\]\+\\\.json\$'\n {4}unencrypted_suffix: _unencrypted\n {4}age: [a-z0-9,]+\n/g;
