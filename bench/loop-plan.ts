import { compile } from '../src/compiler/compile.ts';
import { builtinCatalog, builtinText } from '../src/connectors/builtin.ts';
import type { Plan } from '../src/generated/plan.ts';
import { VERSION } from '../src/version.ts';
import { loadWorkspace } from '../src/workspace/load-workspace.ts';

const RECIPIENT = 'age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h';

/** A webhook's items, each sent with one call. */
export function loopPlan(parallel: number): Plan {
  const account = {
    name: 'Bench',
    recipients: [RECIPIENT],
    connections: { http: { connector: 'http', fields: { hosts: ['example.com'] } } },
  };
  const body = {
    type: 'object',
    required: ['items'],
    properties: { items: { type: 'array', items: { type: 'object' } } },
  };
  const send = {
    id: 'send',
    uses: 'http.request',
    if_uncertain: 'repeat',
    with: { method: 'POST', url: 'https://example.com/', body: '${{ item }}' },
  };
  const automation = {
    name: 'Long loop',
    trigger: { webhook: { body, verify: 'none' } },
    steps: [{ id: 'each', for_each: '${{ trigger.body.items }}', parallel, steps: [send] }],
  };
  const files = new Map([
    ['waybill.json', JSON.stringify({ waybill: VERSION })],
    ['automations/bench/account.json', JSON.stringify(account)],
    ['automations/bench/loop.json', JSON.stringify(automation)],
  ]);
  const { workspace } = loadWorkspace({ files, diagnostics: [] });
  const { plans, diagnostics } = compile({ workspace, builtins: builtinCatalog(), builtinText, version: VERSION });
  const [plan] = plans;
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return plan;
}
