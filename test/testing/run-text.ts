import assert from 'node:assert/strict';
import type { Plan } from '../../src/generated/plan.ts';
import { checkTree, type CheckedWorkspace } from '../../src/runner/check-workspace.ts';
import { testFiles, TestRunner, type CaseResult, type FileResult } from '../../src/testing/run-tests.ts';
import { VERSION } from '../../src/version.ts';
import { automationOf } from '../compiler/compile-text.ts';

const ACCOUNT = {
  name: 'Acme',
  recipients: ['age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h'],
  connections: {
    anthropic: { connector: 'anthropic' },
    openai: { connector: 'openai' },
    web: { connector: 'http', fields: { hosts: ['api.example.com'] } },
  },
};

/** The connections' secrets, of which tests need none: what `check` says of that is not looked at. */
const SECRETS = new Set(['WB5002', 'WB5003', 'WB5004', 'WB5005', 'WB5006']);

/** Runs cases against an automation with these steps, in a workspace that has nothing else but the others, by name. */
export async function runCases(
  steps: object[],
  cases: object[],
  more: object = {},
  others: { [name: string]: object } = {},
): Promise<FileResult> {
  const checked = workspaceOf(steps, cases, more, others);
  const runner = new TestRunner();
  for await (const result of runner.run(checked, testFiles(checked))) return result;
  return assert.fail('the test was not run');
}

/** The plan of an automation with these steps. */
export function planOf(steps: object[], more: object = {}): Plan {
  const [plan] = workspaceOf(
    steps,
    [{ name: 'none', trigger: { body: {} }, expect: { status: 'succeeded' } }],
    more,
  ).plans;
  assert.ok(plan !== undefined);
  return plan;
}

function workspaceOf(
  steps: object[],
  cases: object[],
  more: object,
  others: { [name: string]: object } = {},
): CheckedWorkspace {
  const automation = automationOf(steps, { type: 'object' }, more);
  const files = new Map([
    ['waybill.json', JSON.stringify({ waybill: VERSION })],
    ['automations/acme/account.json', JSON.stringify(ACCOUNT)],
    ['automations/acme/example.json', JSON.stringify(automation, undefined, 2)],
    ...Object.entries(others).map(([name, value]) => [`automations/acme/${name}.json`, JSON.stringify(value)] as const),
    ['automations/acme/example.test.json', `${JSON.stringify({ cases }, undefined, 2)}\n`],
  ]);
  const checked = checkTree({ files, diagnostics: [] });
  assert.deepEqual(
    checked.diagnostics.filter(({ code, severity }) => severity === 'error' && !SECRETS.has(code)),
    [],
  );
  return checked;
}

/** Runs one case that must pass. */
export async function passes(steps: object[], one: object, more: object = {}): Promise<CaseResult> {
  const result = await runOne(steps, one, more);
  assert.deepEqual({ problems: result.problems, differences: result.differences }, { problems: [], differences: [] });
  return result;
}

/** Runs one case, given without what every case has. */
export async function runOne(steps: object[], one: object, more: object = {}): Promise<CaseResult> {
  const { cases } = await runCases(steps, [{ name: 'one', trigger: { body: {} }, ...one }], more);
  const [result] = cases;
  assert.ok(result !== undefined);
  return result;
}
