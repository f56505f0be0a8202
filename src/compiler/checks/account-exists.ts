import type { CompileContext } from '../context.ts';

/** Automations belong to an account, which says whose keys and connections they use. */
export function checkAccountExists({ workspace, report }: CompileContext): void {
  const told = new Set<string>();
  for (const { account, document } of workspace.automations) {
    if (workspace.accounts.has(account) || told.has(account)) continue;
    told.add(account);
    const file = `automations/${account}/account.json`;
    report(
      document.diagnostic('WB7002', [], `the account \`${account}\` has no valid account.json`, {
        help: `write or mend ${file}`,
      }),
    );
  }
}
