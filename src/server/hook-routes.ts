import type { FastifyInstance, FastifyReply } from 'fastify';
import type { DeliveryResult } from '../runner/hooks.ts';
import type { Runner } from '../runner/runner.ts';
import { errorView } from './error-view.ts';

/** Seconds after which a sender may come again while the runner stops: long enough for a restart. */
const RETRY_AFTER_S = 5;

/** `POST /hooks/:account/:automation/:secret` */
export function addHookRoutes(app: FastifyInstance, runner: Runner): void {
  app.post<{
    Params: { account: string; automation: string; secret: string };
    Querystring: { [name: string]: string };
  }>('/hooks/:account/:automation/:secret', async (request, reply) => {
    const body = typeof request.body === 'string' ? request.body : '';
    const { params, query, headers } = request;
    const contentType = headers['content-type'];
    const result = await runner.hooks.deliver({ ...params, contentType, body, query, headers });
    return answer(runner, result, reply);
  });
}

async function answer(runner: Runner, result: DeliveryResult, reply: FastifyReply): Promise<FastifyReply> {
  switch (result.kind) {
    case 'unknown':
      return reply.status(404).send(errorView('unknown_hook', 'there is no such webhook'));
    case 'stopping':
      return reply
        .status(503)
        .header('retry-after', RETRY_AFTER_S)
        .send(errorView('stopping', 'the runner stops; send this again'));
    case 'refused':
      return reply.status(result.status).send({ ...errorView('refused', result.reason), issues: result.issues });
    case 'accepted':
      return result.respond === 'accepted'
        ? reply.status(202).send({ run: result.run.id, status: 'accepted' })
        : finishedAnswer(runner, result.run.id, reply);
  }
}

async function finishedAnswer(runner: Runner, id: string, reply: FastifyReply): Promise<FastifyReply> {
  const { status, output, failure, finishedAt } = await runner.engine.finished(id);
  // The runner stops before the run's end: it is on disk and goes on at the next start.
  if (finishedAt === undefined) return reply.status(202).send({ run: id, status: 'accepted' });
  if (status === 'succeeded')
    return reply
      .status(200)
      .type('application/json')
      .send(JSON.stringify(output ?? null));
  const { code = 'internal', message = 'the run failed', help } = failure ?? {};
  return reply.status(502).send({ ...errorView(code, runner.redactor.text(message), help), run: id });
}
