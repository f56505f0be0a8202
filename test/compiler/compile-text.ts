import { compile, type CompileResult } from '../../src/compiler/compile.ts';
import { builtinCatalog, builtinText } from '../../src/connectors/builtin.ts';
import type { Plan } from '../../src/generated/plan.ts';
import { namePlan } from '../../src/plan/digest.ts';
import type { Store } from '../../src/store/store.ts';
import { loadWorkspace } from '../../src/workspace/load-workspace.ts';
import { VERSION } from '../../src/version.ts';

const ACCOUNT = {
  name: 'Acme',
  recipients: ['age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h'],
  connections: { http: { connector: 'http', fields: { hosts: ['example.com'] } } },
};

/** Compiles one automation, given as its JSON value, in a workspace that has nothing else; `account` adds to its account. */
export function compileAutomation(automation: object, account: object = {}, tables: Files = {}): CompileResult {
  return compileAutomations({ example: automation }, account, tables);
}

/** Texts by path. */
interface Files {
  [path: string]: string;
}

/** Compiles automations of one account, given as JSON values by name. */
export function compileAutomations(
  automations: { [name: string]: object },
  account: object = {},
  tables: Files = {},
): CompileResult {
  const files = new Map([
    ['waybill.json', JSON.stringify({ waybill: VERSION })],
    ['automations/acme/account.json', JSON.stringify({ ...ACCOUNT, ...account })],
    ...Object.entries(automations).map(
      ([name, value]) => [`automations/acme/${name}.json`, JSON.stringify(value, undefined, 2)] as const,
    ),
    ...Object.entries(tables),
  ]);
  const { workspace, diagnostics } = loadWorkspace({ files, diagnostics: [] });
  const result = compile({ workspace, builtins: builtinCatalog(), builtinText, version: VERSION });
  return { ...result, diagnostics: [...diagnostics, ...result.diagnostics] };
}

/** Makes the plans the current deployment. Gives their digests by automation. */
export async function deploy(store: Store, plans: readonly Plan[]): Promise<Map<string, string>> {
  const named = plans.map((plan) => namePlan(plan));
  const entries = named.map(({ plan: { account, automation }, digest }) => ({ account, automation, plan: digest }));
  await store.deployments.activate('/', 0, entries, new Map(named.map(({ digest, text }) => [digest, text])));
  return new Map(entries.map(({ automation, plan }) => [automation, plan]));
}

/** An automation with these steps, whose webhook takes this body. */
export function automationOf(steps: object[], body: object, more: object = {}): object {
  return { name: 'Example', trigger: { webhook: { body, verify: 'none' } }, steps, ...more };
}
