import type { FastifyInstance } from 'fastify';
import type { Json, JsonObject } from '../json/value.ts';
import type { RunRecord, RunStatus } from '../run/records.ts';
import type { ControlResult, Doubt } from '../runner/run-control.ts';
import type { Runner } from '../runner/runner.ts';
import type { AnswerResult } from '../runner/wait-answers.ts';
import type { AccountScope } from '../store/records.ts';
import { callerOf } from './access/guard.ts';
import { covers } from './access/scope.ts';
import { ApiError, unknownAutomation, unknownRun } from './api-error.ts';
import type { AnsweredView, DecidedRunsView, PauseListView, RunSummaryView } from './api-types.ts';
import { iso, type Views } from './views.ts';

interface OfRun {
  Params: { id: string };
}

interface ManyRequest {
  account: string;
  automation?: string;
  status?: RunStatus;
  since?: string;
  until?: string;
  limit: number;
}

const name = { type: 'string', minLength: 1, maxLength: 200 };

/** A body with these properties and no others. */
function bodyOf(properties: object, required: string[]) {
  return { schema: { body: { type: 'object', additionalProperties: false, required, properties } } };
}

const REPLAY = {
  schema: {
    body: {
      type: ['object', 'null'],
      additionalProperties: false,
      properties: {
        from: { ...name, description: 'The id of a step: what was done before it is not done again.' },
        trigger: { type: 'object', description: 'In place of what the run was given.' },
      },
    },
  },
};

const time = { type: 'string', format: 'date-time' };

/** Decides the same of many; where all have one status, it need not be given. */
const MANY: { what: 'cancel' | 'retry' | 'replay'; statuses: RunStatus[] }[] = [
  { what: 'cancel', statuses: ['queued', 'running', 'waiting'] },
  { what: 'retry', statuses: ['failed'] },
  { what: 'replay', statuses: ['failed', 'uncertain', 'canceled'] },
];

function manyOf(statuses: RunStatus[]) {
  const [only] = statuses.length === 1 ? statuses : [];
  return bodyOf(
    {
      account: name,
      automation: name,
      status: { enum: statuses, ...(only === undefined ? {} : { default: only }) },
      since: { ...time, description: 'Only runs that were accepted then or later.' },
      until: { ...time, description: 'Only runs that were accepted before.' },
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    },
    only === undefined ? ['account', 'status'] : ['account'],
  );
}

const RESOLVE = bodyOf(
  {
    happened: { enum: [true, false, 'unknown'] },
    output: { description: 'What the step gave, where it happened.' },
  },
  ['happened'],
);

const PAUSE = bodyOf({ account: name, automation: name }, ['account']);

const DECIDE = bodyOf(
  { step: name, approved: { enum: [true, false] }, by: name, note: { type: 'string', maxLength: 2000 } },
  ['step', 'approved', 'by'],
);

const TELL = bodyOf({ step: name, payload: {} }, ['step', 'payload']);

/** What people and programs decide of runs. */
export function addControlRoutes(app: FastifyInstance, runner: Runner, views: Views): void {
  addAnswers(app, runner);
  addPauses(app, runner);
  app.post<OfRun>('/runs/:id/cancel', async ({ params }): Promise<RunSummaryView> =>
    views.summary(controlled(await runner.control.cancel(params.id), params.id)),
  );
  app.post<OfRun & { Body: { from?: string; trigger?: JsonObject } | null }>(
    '/runs/:id/replay',
    REPLAY,
    async ({ params, body }, reply): Promise<RunSummaryView> => {
      reply.status(202);
      return views.summary(controlled(await runner.control.replay(params.id, body ?? {}), params.id));
    },
  );
  app.post<OfRun>('/runs/:id/retry', async ({ params }, reply): Promise<RunSummaryView> => {
    reply.status(202);
    return views.summary(controlled(await runner.control.retry(params.id), params.id));
  });
  for (const { what, statuses } of MANY)
    app.post<{ Body: ManyRequest }>(
      `/runs/${what}`,
      manyOf(statuses),
      async ({ body: { since, until, ...filter } }): Promise<DecidedRunsView> => {
        const { done, refused } = await runner.control.decideMany(what, {
          ...filter,
          ...(since === undefined ? {} : { since: Date.parse(since) }),
          ...(until === undefined ? {} : { until: Date.parse(until) }),
        });
        return { done: done.map((run) => views.summary(run)), refused };
      },
    );
  app.post<OfRun & { Body: { happened: boolean | 'unknown'; output?: Json } }>(
    '/runs/:id/resolve',
    RESOLVE,
    async ({ params, body }): Promise<RunSummaryView> =>
      views.summary(controlled(await runner.control.settle(params.id, readDoubt(body)), params.id)),
  );
}

/** It happened, with this output; it did not, so that it is done again; or nobody finds out, and the step counts as failed. */
function readDoubt({ happened, output }: { happened: boolean | 'unknown'; output?: Json }): Doubt {
  if (happened === true && output !== undefined) return { kind: 'happened', output };
  if (output === undefined && happened === false) return { kind: 'repeat' };
  if (output === undefined && happened === 'unknown') return { kind: 'cancel' };
  throw new ApiError(400, 'bad_request', 'the body has "happened": true with output, false, or "unknown"');
}

function controlled(result: ControlResult, id: string): RunRecord {
  switch (result.kind) {
    case 'unknown_run':
      throw unknownRun(id);
    case 'not_possible':
      throw new ApiError(409, 'not_possible', result.reason, `waybill runs show ${id}`);
    case 'refused':
      throw new ApiError(400, 'refused', result.reason);
    case 'done':
      return result.run;
  }
}

function addPauses(app: FastifyInstance, runner: Runner): void {
  const list = (scope: AccountScope): PauseListView => ({
    pauses: runner.store.pauses
      .list()
      .filter(({ account }) => covers(scope, [account]))
      .map(({ account, automation, since }) => ({ account, automation, since: iso(since) })),
  });
  app.get('/pauses', (request) => list(callerOf(request).accounts));
  app.post<{ Body: Target }>('/pause', PAUSE, async (request): Promise<PauseListView> => {
    const { account, automation } = request.body;
    const { accounts } = callerOf(request);
    if (!isKnown(runner, request.body)) throw unknownAutomation(runner, nameOf(request.body), accounts);
    await runner.engine.pause(account, automation);
    return list(accounts);
  });
  app.post<{ Body: Target }>('/resume', PAUSE, async (request): Promise<PauseListView> => {
    const { account, automation } = request.body;
    const { accounts } = callerOf(request);
    if (!(await runner.engine.unpause(account, automation))) throw notPaused(request.body, list(accounts));
    return list(accounts);
  });
}

interface Target {
  account: string;
  automation?: string;
}

function nameOf({ account, automation }: { account: string; automation?: string | undefined }): string {
  return automation === undefined ? account : `${account}/${automation}`;
}

function notPaused(target: Target, { pauses }: PauseListView): ApiError {
  const paused = pauses.map((one) => nameOf(one)).join(', ');
  const help = paused === '' ? 'nothing is paused' : `paused: ${paused}`;
  return new ApiError(404, 'not_paused', `${nameOf(target)} is not paused`, help);
}

/** Whether it is deployed, or has runs: those that began before it was taken away go on, until somebody pauses them. */
function isKnown(runner: Runner, target: Target): boolean {
  const { account, automation } = target;
  const isDeployed = [...runner.deployed().keys()].some((one) =>
    automation === undefined ? one.startsWith(`${account}/`) : one === `${account}/${automation}`,
  );
  return isDeployed || runner.store.runs.list({ ...target, limit: 1 }).length > 0;
}

function addAnswers(app: FastifyInstance, runner: Runner): void {
  app.post<OfRun & { Body: { step: string; approved: boolean; by: string; note?: string } }>(
    '/runs/:id/approvals',
    DECIDE,
    async ({ params, body }): Promise<AnsweredView> => {
      const { step, approved, by, note } = body;
      return answered(await runner.waits.decide(params.id, step, { approved, by, note }), params.id, step);
    },
  );
  app.post<OfRun & { Body: { step: string; payload: Json } }>(
    '/runs/:id/events',
    TELL,
    async ({ params, body }): Promise<AnsweredView> =>
      answered(await runner.waits.tell(params.id, body.step, body.payload), params.id, body.step),
  );
}

function answered(result: AnswerResult, run: string, step: string): AnsweredView {
  switch (result.kind) {
    case 'unknown_run':
      throw unknownRun(run);
    case 'not_waiting':
      throw new ApiError(409, 'not_waiting', result.reason, `waybill runs show ${run}`);
    case 'refused':
      throw new ApiError(400, 'refused', result.reason);
    case 'answered':
      return { run, step };
  }
}
