import { compileSchema, type SchemaCheck } from '../../json/schema.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { Automation } from '../../generated/automation.ts';
import { parsePointer } from '../../json/pointer.ts';
import { ownProperty, type JsonObject } from '../../json/value.ts';
import { SHARED, type Source, type Workspace } from '../../workspace/workspace.ts';
import { installsOf, type CompileContext } from '../context.ts';
import { allSteps, stepTree } from '../step-tree.ts';
import { triggerSchemas } from '../trigger-schemas.ts';

/** A test sends what its trigger accepts, and speaks of steps that exist. */
export function checkTests(context: CompileContext): void {
  const { workspace, report } = context;
  const own = new Map(workspace.automations.map((one) => [`${one.account}/${one.name}`, one]));
  for (const test of workspace.tests) {
    const automation = own.get(`${test.account}/${test.automation}`) ?? installedAutomation(context, test);
    if (automation === undefined) {
      const help =
        test.account === SHARED
          ? 'a shared automation is tested in an account that installs it: move the test to its folder'
          : `write automations/${test.account}/${test.automation}.json`;
      report(
        test.document.diagnostic('WB7005', [], `there is no valid automation \`${test.automation}\` to test`, { help }),
      );
      continue;
    }
    const ids = allSteps(stepTree(automation.value.steps, ['steps'])).map(({ step }) => step.id);
    const parts = triggerSchemas(automation.value.trigger);
    const checks = parts.map(({ name, schema }) => ({ name, check: compileOrSkip(schema) }));
    for (const [index, { trigger, answers = {}, expect }] of test.value.cases.entries()) {
      const path = ['cases', index];
      const taken = automation.value.trigger.webhook === undefined ? parts.map(({ name }) => name) : REQUEST;
      for (const name of Object.keys(trigger).filter((one) => !taken.includes(one)))
        report(test.document.diagnostic('WB7005', [...path, 'trigger', name], `the trigger takes no \`${name}\``));
      for (const { name, check } of checks) {
        const given = ownProperty({ ...trigger }, name) ?? ABSENT[name];
        if (given === undefined) {
          const message = `the trigger has a schema of \`${name}\`, and the case gives none`;
          report(test.document.diagnostic('WB7005', [...path, 'trigger'], message));
          continue;
        }
        for (const issue of check?.(given) ?? []) {
          const place = [...path, 'trigger', ...(name in trigger ? [name, ...parsePointer(issue.pointer)] : [])];
          report(test.document.diagnostic('WB7005', place, `the trigger would refuse this: it ${issue.message}`));
        }
      }
      const named = [
        ...Object.keys(answers).map((id) => ({ id, at: ['answers', id] })),
        ...(expect.steps ?? []).map((id, at) => ({ id, at: ['expect', 'steps', at] })),
      ];
      for (const { id, at } of named.filter((one) => !ids.includes(one.id))) {
        const near = nearestName(id, ids);
        report(
          test.document.diagnostic('WB7005', [...path, ...at], `there is no step \`${id}\``, {
            help: near === undefined ? `steps: ${ids.join(', ')}` : `did you mean \`${near}\`?`,
          }),
        );
      }
    }
  }
}

/** A request may have query parameters and headers of which the trigger says nothing. */
const REQUEST = ['body', 'query', 'headers'];

function installedAutomation(
  { workspace, shared }: CompileContext,
  test: Workspace['tests'][number],
): Source<Automation> | undefined {
  const account = workspace.accounts.get(test.account);
  const installed = account !== undefined && Object.hasOwn(installsOf(account), test.automation);
  return installed ? shared.get(test.automation)?.automation : undefined;
}

/** What a request without query parameters, or without headers, has. */
const ABSENT: JsonObject = { query: {}, headers: {} };

/** An invalid schema is reported where it stands, not here. */
function compileOrSkip(schema: JsonObject): SchemaCheck | undefined {
  try {
    return compileSchema(schema);
  } catch {
    return undefined;
  }
}
