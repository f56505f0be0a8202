import { compile, type CompileResult } from '../../src/compiler/compile.ts';
import { builtinCatalog, builtinText } from '../../src/connectors/builtin.ts';
import { loadWorkspace } from '../../src/workspace/load-workspace.ts';
import { VERSION } from '../../src/version.ts';

const ACCOUNT = {
  name: 'Acme',
  recipients: ['age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h'],
};

/** Compiles one automation, given as its JSON value, in a workspace that has nothing else; `account` adds to its account. */
export function compileAutomation(automation: object, account: object = {}): CompileResult {
  const files = new Map([
    ['waybill.json', JSON.stringify({ waybill: VERSION })],
    ['automations/acme/account.json', JSON.stringify({ ...ACCOUNT, ...account })],
    ['automations/acme/example.json', JSON.stringify(automation, undefined, 2)],
  ]);
  const { workspace, diagnostics } = loadWorkspace({ files, diagnostics: [] });
  const result = compile({ workspace, builtins: builtinCatalog(), builtinText, version: VERSION });
  return { ...result, diagnostics: [...diagnostics, ...result.diagnostics] };
}

/** An automation with these steps, whose webhook takes this body. */
export function automationOf(steps: object[], body: object, more: object = {}): object {
  return { name: 'Example', trigger: { webhook: { body, verify: 'none' } }, steps, ...more };
}
