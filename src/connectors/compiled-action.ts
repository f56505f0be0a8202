import type { ActionCall } from './action-call.ts';
import type { PlanAction, PlanConnector, Success } from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';
import { compileSchema, type SchemaCheck } from '../json/schema.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';
import { compilePages, type Pages } from './pages.ts';
import type { Answer } from './failures.ts';
import { compileRequest, type RequestBuilder } from './request.ts';

/** An action with everything compiled that a call evaluates. */
export interface CompiledAction {
  /** What comes before the request, by the names under which templates see the answers. */
  before: { name: string; request: RequestBuilder; succeeded: (answer: Answer) => boolean }[];
  request: RequestBuilder;
  pages: Pages | undefined;
  succeeded: (answer: Answer) => boolean;
  output: Evaluator | undefined;
  /** Whether an output is as the action says. */
  checkOutput: SchemaCheck;
}

/** Compiled actions, each once as long as its plan is in use. */
export class CompiledActions {
  private readonly known = new WeakMap<PlanAction, CompiledAction>();
  /** By the schema's text: the plans of all accounts hold the same ones, and a check is large. */
  private readonly checks = new Map<string, SchemaCheck>();

  of({ connector, action }: ActionCall): CompiledAction {
    let compiled = this.known.get(action);
    if (compiled === undefined) {
      compiled = compileAction(connector, action, this.check(action.output));
      this.known.set(action, compiled);
    }
    return compiled;
  }

  private check(schema: JsonObject): SchemaCheck {
    const text = JSON.stringify(schema);
    let check = this.checks.get(text);
    if (check === undefined) this.checks.set(text, (check = compileSchema(schema)));
    return check;
  }
}

function compileAction(connector: PlanConnector, action: PlanAction, checkOutput: SchemaCheck): CompiledAction {
  const { before = [], request, response, pagination } = action;
  if (request === undefined) throw new TypeError('the action makes no HTTP request');
  const output = response?.output;
  return {
    before: before.map(({ name, request: first, success }) => ({
      name,
      request: compileRequest(connector, first),
      succeeded: compileSuccess(success ?? connector.answers?.success),
    })),
    request: compileRequest(connector, request),
    pages: pagination === undefined ? undefined : compilePages(pagination),
    succeeded: compileSuccess(response?.success ?? connector.answers?.success),
    output: output === undefined ? undefined : compileTemplate(output),
    checkOutput,
  };
}

/** Which answers are a success: without a rule, those with a status of 200 to 299. */
export function compileSuccess({ status: statuses, when }: Success = {}): (answer: Answer) => boolean {
  const condition = when === undefined ? undefined : compileTemplate(when);
  return ({ status, headers, body }) => {
    if (statuses === undefined ? status < 200 || status > 299 : !statuses.includes(status)) return false;
    try {
      return condition === undefined || condition({ response: { status, headers, body } }) === true;
    } catch {
      // An answer in which it has no value is none that it speaks of as a success.
      return false;
    }
  };
}
