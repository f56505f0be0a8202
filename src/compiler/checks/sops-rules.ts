import { hasOnlyOurRules, sharedSopsRule, SOPS_CONFIG, sopsRule } from '../../secrets/sops-rules.ts';
import { WHOLE_FILE } from '../../workspace/source-tree.ts';
import type { CompileContext } from '../context.ts';

/** Where there is a .sops.yaml, nothing stands in it but one anchored rule an account, and one a shared credential. */
export function checkForeignSopsRules({ sopsRules, report }: CompileContext): void {
  if (sopsRules === undefined || hasOnlyOurRules(sopsRules)) return;
  report({
    code: 'WB5023',
    severity: 'error',
    message: 'the file has rules that Waybill did not write',
    file: SOPS_CONFIG,
    pointer: '',
    range: WHOLE_FILE,
    help: 'sops takes the first that fits: move them out of the workspace, then waybill secrets updatekeys',
  });
}

const UPDATE = 'waybill secrets updatekeys';

/** Where there is a .sops.yaml, the rule of each account has its recipients. */
export function checkSopsRules({ workspace, sopsRules, report }: CompileContext): void {
  if (sopsRules === undefined) return;
  for (const [account, { document, value }] of workspace.accounts) {
    if (sopsRules.includes(sopsRule(account, value.recipients))) continue;
    const message = `${SOPS_CONFIG} does not have these recipients for ${account}`;
    report(document.diagnostic('WB5023', ['recipients'], message, { help: UPDATE }));
  }
}

/** So has the rule of each credential that accounts share. */
export function checkSharedSopsRules({ workspace, sopsRules, report }: CompileContext): void {
  const { document, value } = workspace.config ?? {};
  if (sopsRules === undefined || document === undefined) return;
  for (const [name, { recipients }] of Object.entries(value?.shared ?? {})) {
    if (sopsRules.includes(sharedSopsRule(name, recipients))) continue;
    const message = `${SOPS_CONFIG} does not have these recipients for the shared credential ${name}`;
    report(document.diagnostic('WB5023', ['shared', name, 'recipients'], message, { help: UPDATE }));
  }
}
