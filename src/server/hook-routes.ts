import type { FastifyInstance, FastifyReply } from 'fastify';
import type { DeliveryResult, Refusal } from '../runner/hooks.ts';
import type { Runner } from '../runner/runner.ts';
import { errorView } from './error-view.ts';

/** Seconds after which a sender may come again while the runner stops: long enough for a restart. */
const RETRY_AFTER_S = 5;

/** Seconds after which a sender may come again where runs have to end first. */
const RETRY_FULL_S = 30;

/** What a timer can be set to. */
const LONGEST_DEADLINE_MS = 2 ** 31 - 1;

/** Seconds after which a sender may come again where a person has to act first. */
const RETRY_LATER_S = 300;

/** `POST /hooks/:account/:automation/:secret`, and `GET` for services that try the address so. */
export function addHookRoutes(app: FastifyInstance, runner: Runner): void {
  app.route<{ Params: { account: string; automation: string; secret: string } }>({
    method: ['GET', 'POST'],
    url: '/hooks/:account/:automation/:secret',
    exposeHeadRoute: false,
    handler: async ({ params, method, raw, headers, body }, reply) => {
      const { account, automation, secret } = params;
      const { url = '' } = raw;
      const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
      const bytes = body instanceof Uint8Array ? body : new Uint8Array();
      const receivedAt = Date.now();
      const delivery = { account, automation, method, query, headers, body: bytes, receivedAt };
      return answer(runner, await runner.hooks.deliver(delivery, secret), reply);
    },
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
    case 'full':
      return reply
        .status(503)
        .header('retry-after', RETRY_FULL_S)
        .send(errorView('backlog_full', 'too many runs wait for their turn; send this again'));
    case 'handshake':
      // What is echoed is never taken for a page.
      return reply
        .type(`${result.reply.contentType}; charset=utf-8`)
        .headers(result.reply.headers)
        .header('x-content-type-options', 'nosniff')
        .send(result.reply.body);
    case 'refused':
      return refused(runner, result, reply);
    case 'events':
      // Also where nobody wants what was sent: it was taken.
      return reply.status(202).send({ runs: result.runs, status: 'accepted' });
    case 'accepted':
      return result.respond === 'accepted'
        ? reply.status(202).send({ run: result.run.id, status: 'accepted' })
        : finishedAnswer(runner, result.run.id, result.deadlineMs, reply);
  }
}

function refused(runner: Runner, { status, reason, issues, stalled }: Refusal, reply: FastifyReply): FastifyReply {
  // Why that is so is for the runner's operator, who finds it among the refusals.
  if (status === 503) {
    const view = stalled
      ? errorView('consent_owed', 'a person has to act before this can be taken; send it again later')
      : errorView('cannot_verify', 'the runner cannot prove that this is genuine; send it again later');
    return reply.status(503).header('retry-after', RETRY_LATER_S).send(view);
  }
  if (status === 401) return reply.status(401).send(errorView('not_genuine', reason));
  return reply.status(status).send({ ...errorView('refused', runner.redactor.text(reason)), issues });
}

async function finishedAnswer(
  runner: Runner,
  id: string,
  deadlineMs: number | undefined,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const deadline =
    deadlineMs === undefined ? undefined : AbortSignal.timeout(Math.min(deadlineMs, LONGEST_DEADLINE_MS));
  const { status, output, failure, finishedAt } = await runner.engine.finished(id, deadline);
  // The deadline, or the runner's end, comes before the run's: it is on disk and goes on.
  if (finishedAt === undefined) return reply.status(202).send({ run: id, status: 'accepted' });
  if (status === 'succeeded')
    return reply
      .status(200)
      .type('application/json')
      .send(JSON.stringify(output ?? null));
  const { code = 'internal', message = 'the run failed', help } = failure ?? {};
  return reply.status(502).send({ ...errorView(code, runner.redactor.text(message), help), run: id });
}
