import { compileSchema, type SchemaCheck } from '../../json/schema.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { JsonObject } from '../../json/value.ts';
import type { CompileContext } from '../context.ts';
import { allSteps, stepTree } from '../step-tree.ts';

/** A test sends what its trigger accepts, and speaks of steps that exist. */
export function checkTests({ workspace, report }: CompileContext): void {
  for (const test of workspace.tests) {
    const automation = workspace.automations.find(
      ({ account, name }) => account === test.account && name === test.automation,
    );
    if (automation === undefined) {
      const help = `write automations/${test.account}/${test.automation}.json`;
      report(
        test.document.diagnostic('WB7005', [], `there is no valid automation \`${test.automation}\` to test`, { help }),
      );
      continue;
    }
    const ids = allSteps(stepTree(automation.value.steps, ['steps'])).map(({ step }) => step.id);
    const body = compileOrSkip(automation.value.trigger.webhook.body);
    for (const [index, { trigger, answers = {}, expect }] of test.value.cases.entries()) {
      const path = ['cases', index];
      for (const issue of body?.(trigger.body) ?? []) {
        report(
          test.document.diagnostic(
            'WB7005',
            [...path, 'trigger', 'body', ...issue.pointer.split('/').slice(1)],
            `the trigger would refuse this: it ${issue.message}`,
          ),
        );
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

/** An invalid schema is reported where it stands, not here. */
function compileOrSkip(schema: JsonObject): SchemaCheck | undefined {
  try {
    return compileSchema(schema);
  } catch {
    return undefined;
  }
}
