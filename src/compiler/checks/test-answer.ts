import type { Action } from '../../generated/connector.ts';
import type { TestAnswer, TestAnswers } from '../../generated/test.ts';
import { parsePointer, type PointerToken } from '../../json/pointer.ts';
import type { CompileContext } from '../context.ts';
import { compileOrSkip } from '../schema-problems.ts';
import { allSteps, stepTree, type StepNode } from '../step-tree.ts';
import { testedAutomation } from '../tested-automation.ts';

/** An answer is one thing, goes to a step that sends a request, and where it is an output, the action can give it. */
export function checkTestAnswers(context: CompileContext): void {
  const { workspace, report } = context;
  for (const test of workspace.tests) {
    const { document, value } = test;
    const automation = testedAutomation(context, test);
    const steps = allSteps(stepTree(automation?.value.steps ?? [], ['steps']));
    for (const [index, { answers = [] }] of value.cases.entries()) {
      for (const [number, rule] of answers.entries()) {
        const say = (at: readonly PointerToken[], message: string): void =>
          report(document.diagnostic('WB7021', ['cases', index, 'answers', number, ...at], message));
        checkRule(rule, steps, context, say);
      }
    }
  }
}

type Say = (at: readonly PointerToken[], message: string) => void;

function checkRule(rule: TestAnswers, steps: readonly StepNode[], { catalog }: CompileContext, say: Say): void {
  const id = stepIdOf(rule);
  const node = steps.find(({ step }) => step.id === id);
  const [service = '', name = ''] = node?.body.kind === 'action' ? node.body.uses.split('.') : [];
  const action = catalog.get(service)?.actions[name];
  // What a step that does not exist would send is told elsewhere.
  const outside = node !== undefined && isAnsweredFromOutside(node);
  const silent = node !== undefined && !outside && (node.body.kind !== 'action' || action?.native !== undefined);
  if (silent) say(['to', 'step'], `the step \`${id}\` sends no request, so nothing answers it`);
  for (const [index, answer] of rule.with.entries()) {
    if (outside && answer.output === undefined)
      say(['with', index], `the step \`${id}\` sends no request: say what it gets as output`);
    checkAnswer(answer, ['with', index], action, say);
  }
}

/** A called automation, a person or an event gives the step its output. */
function isAnsweredFromOutside({ body }: StepNode): boolean {
  if (body.kind === 'call') return true;
  return body.kind === 'wait' && (body.wait.approval !== undefined || body.wait.event !== undefined);
}

/** `each[2].send` is `send`, and so is `send~2`, a later try of it. */
function stepIdOf({ to }: TestAnswers): string | undefined {
  return to?.step?.slice(to.step.lastIndexOf('.') + 1).replace(/~\d+$/, '');
}

const KINDS = ['body', 'text', 'fault', 'output'] as const;

function checkAnswer(answer: TestAnswer, at: PointerToken[], action: Action | undefined, say: Say): void {
  const kinds = KINDS.filter((kind) => answer[kind] !== undefined);
  if (kinds.length > 1) say(at, `an answer is only one of ${kinds.join(' and ')}`);
  if (answer.output === undefined || action === undefined) return;
  for (const { pointer, message } of compileOrSkip(action.output)?.(answer.output) ?? [])
    say([...at, 'output', ...parsePointer(pointer)], `the action never gives this: it ${message}`);
}
