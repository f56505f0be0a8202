import type { FastifyInstance } from 'fastify';
import { parseJson } from '../json/parse.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { Runner } from '../runner/runner.ts';
import type { AnswerResult } from '../runner/wait-answers.ts';
import type { RunRecord } from '../run/records.ts';
import type { ControlResult, Doubt } from '../runner/run-control.ts';
import { ApiError, unknownAutomation } from './api-error.ts';
import type { AnsweredView, PauseListView, ReplayedView, RunSummaryView } from './api-types.ts';
import { iso, type Views } from './views.ts';

/** What has ended otherwise than it should. */
const REPLAYABLE = ['failed', 'uncertain', 'canceled'] as const;

interface OfRun {
  Params: { id: string };
  Body: unknown;
}

/** What people and programs decide of runs. */
export function addControlRoutes(app: FastifyInstance, runner: Runner, views: Views): void {
  addAnswers(app, runner);
  addPauses(app, runner);
  app.post<OfRun>('/runs/:id/cancel', async ({ params }): Promise<RunSummaryView> =>
    views.summary(controlled(await runner.control.cancel(params.id), params.id)),
  );
  app.post<OfRun>('/runs/:id/replay', async ({ params, body }, reply): Promise<RunSummaryView> => {
    const { from, trigger } = readBody(body, ['from', 'trigger']);
    if (from !== undefined && typeof from !== 'string') throw badRequest('from is the id of a step');
    if (trigger !== undefined && !isJsonObject(trigger)) throw badRequest('trigger is an object, such as {"body": …}');
    const request = { ...(from === undefined ? {} : { from }), ...(trigger === undefined ? {} : { trigger }) };
    reply.status(202);
    return views.summary(controlled(await runner.control.replay(params.id, request), params.id));
  });
  app.post<{ Body: unknown }>('/runs/replay', async ({ body }): Promise<ReplayedView> => {
    const { account, automation, status, limit = 100 } = readBody(body, ['account', 'automation', 'status', 'limit']);
    const wanted = REPLAYABLE.find((one) => one === status);
    if (typeof account !== 'string' || wanted === undefined)
      throw badRequest(`the body has account, status (${REPLAYABLE.join(', ')}), and perhaps automation and limit`);
    if (automation !== undefined && typeof automation !== 'string') throw badRequest('automation is a text');
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 500)
      throw badRequest('limit is a whole number from 1 to 500');
    const filter = { account, status: wanted, limit, ...(automation === undefined ? {} : { automation }) };
    const { started, refused } = await runner.control.replayMany(filter);
    return { started: started.map((run) => views.summary(run)), refused };
  });
  app.post<OfRun>('/runs/:id/resolve', async ({ params, body }): Promise<RunSummaryView> => {
    const doubt = readDoubt(readBody(body, ['happened', 'output']));
    return views.summary(controlled(await runner.control.settle(params.id, doubt), params.id));
  });
}

/** It happened, with this output; it did not, so that it is done again; or nobody finds out, and the step counts as failed. */
function readDoubt({ happened, output }: { [name: string]: Json | undefined }): Doubt {
  if (happened === true && output !== undefined) return { kind: 'happened', output };
  if (output === undefined && happened === false) return { kind: 'repeat' };
  if (output === undefined && happened === 'unknown') return { kind: 'cancel' };
  throw badRequest('the body has "happened": true with output, false, or "unknown"');
}

function controlled(result: ControlResult, id: string): RunRecord {
  switch (result.kind) {
    case 'unknown_run':
      throw new ApiError(404, 'unknown_run', `there is no run ${id}`);
    case 'not_possible':
      throw new ApiError(409, 'not_possible', result.reason, `waybill runs show ${id}`);
    case 'refused':
      throw new ApiError(400, 'refused', result.reason);
    case 'done':
      return result.run;
  }
}

function addPauses(app: FastifyInstance, runner: Runner): void {
  const list = (): PauseListView => ({
    pauses: runner.store.pauses
      .list()
      .map(({ account, automation, since }) => ({ account, automation, since: iso(since) })),
  });
  app.get('/pauses', list);
  for (const [path, change] of [
    ['/pause', (account: string, automation?: string) => runner.engine.pause(account, automation)],
    ['/resume', (account: string, automation?: string) => runner.engine.unpause(account, automation)],
  ] as const)
    app.post<{ Body: unknown }>(path, async ({ body }): Promise<PauseListView> => {
      const { account, automation } = readBody(body, ['account', 'automation']);
      if (typeof account !== 'string' || (automation !== undefined && typeof automation !== 'string'))
        throw badRequest('the body has account, and perhaps automation');
      const target = automation === undefined ? account : `${account}/${automation}`;
      const known = [...runner.deployed().keys()].some((name) => name === target || name.startsWith(`${target}/`));
      if (!known && path === '/pause') throw unknownAutomation(runner, target);
      await change(account, automation);
      return list();
    });
}

function addAnswers(app: FastifyInstance, runner: Runner): void {
  app.post<OfRun>('/runs/:id/approvals', async ({ params, body }): Promise<AnsweredView> => {
    const { step, approved, by, note } = readBody(body, ['step', 'approved', 'by', 'note']);
    if (typeof step !== 'string' || typeof approved !== 'boolean' || typeof by !== 'string' || by === '')
      throw badRequest('the body has step, approved (true or false), by, and perhaps note');
    if (note !== undefined && typeof note !== 'string') throw badRequest('note is a text');
    return answered(await runner.waits.decide(params.id, step, { approved, by, note }), params.id, step);
  });
  app.post<OfRun>('/runs/:id/events', async ({ params, body }): Promise<AnsweredView> => {
    const { step, payload } = readBody(body, ['step', 'payload']);
    if (typeof step !== 'string' || payload === undefined) throw badRequest('the body has step and payload');
    return answered(await runner.waits.tell(params.id, step, payload), params.id, step);
  });
}

function answered(result: AnswerResult, run: string, step: string): AnsweredView {
  switch (result.kind) {
    case 'unknown_run':
      throw new ApiError(404, 'unknown_run', `there is no run ${run}`);
    case 'not_waiting':
      throw new ApiError(409, 'not_waiting', result.reason, `waybill runs show ${run}`);
    case 'refused':
      throw new ApiError(400, 'refused', result.reason);
    case 'answered':
      return { run, step };
  }
}

function readBody(body: unknown, names: readonly string[]): { [name: string]: Json | undefined } {
  let value: Json;
  try {
    value = parseJson(typeof body === 'string' ? body : '');
  } catch (error) {
    throw badRequest(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJsonObject(value)) throw badRequest('the body is not an object');
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw badRequest(`the body has ${unknown}; it takes ${names.join(', ')}`);
  return value satisfies JsonObject;
}

function badRequest(message: string): ApiError {
  return new ApiError(400, 'bad_request', message);
}
