import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Delivery } from '../runner/delivery.ts';
import type { DeliveryResult, Refusal } from '../runner/hooks.ts';
import type { Runner } from '../runner/runner.ts';
import type { RunRecord } from '../run/records.ts';
import { errorView } from './error-view.ts';

/** Seconds after which a sender may come again while the runner stops: long enough for a restart. */
const RETRY_AFTER_S = 5;

/** Seconds after which a sender may come again where runs have to end first. */
const RETRY_FULL_S = 30;

/** Seconds after which a sender may come again where a person has to act first. */
const RETRY_LATER_S = 300;

/** `POST /hooks/:account/:automation/:secret`, and `GET` for services that try the address so. */
export function addHookRoutes(app: FastifyInstance, runner: Runner): void {
  app.route<Hook>({
    method: ['GET', 'POST'],
    url: '/hooks/:account/:automation/:secret',
    exposeHeadRoute: false,
    handler: async (request, reply) =>
      answer(runner, await runner.hooks.deliver(deliveryOf(request), request.params.secret), reply),
  });
  app.setErrorHandler<Error & { statusCode?: number }, Hook>(async (error, request, reply) => {
    if (error.statusCode !== 413) throw error;
    const { params, routeOptions } = request;
    const refused = await runner.hooks.refuseTooLarge(deliveryOf(request), params.secret, routeOptions.bodyLimit);
    return answer(runner, refused, reply);
  });
}

interface Hook {
  Params: { account: string; automation: string; secret: string };
}

function deliveryOf({ params, method, raw, headers, body }: FastifyRequest<Hook>): Delivery {
  const { account, automation } = params;
  const { url = '' } = raw;
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  return { account, automation, method, query, headers, body: bytes, receivedAt: Date.now() };
}

/** The body of the answer; the rest of it is set. */
function answer(runner: Runner, result: DeliveryResult, reply: FastifyReply): unknown {
  switch (result.kind) {
    case 'unknown':
      reply.status(404);
      return errorView('unknown_hook', 'there is no such webhook');
    case 'stopping':
      reply.status(503).header('retry-after', RETRY_AFTER_S);
      return errorView('stopping', 'the runner stops; send this again');
    case 'full':
      reply.status(503).header('retry-after', RETRY_FULL_S);
      return errorView('backlog_full', 'too many runs wait for their turn; send this again');
    case 'handshake':
      // What is echoed is never taken for a page.
      reply
        .type(`${result.reply.contentType}; charset=utf-8`)
        .headers(result.reply.headers)
        .header('x-content-type-options', 'nosniff');
      return result.reply.body;
    case 'refused':
      return refused(runner, result, reply);
    case 'events':
      // Also where nobody wants what was sent: it was taken.
      reply.status(202);
      return { runs: result.runs, status: 'accepted' };
    case 'accepted':
      if (result.respond === 'finished')
        return runner.engine.finished(result.run.id, result.deadlineMs).then((run) => endOf(runner, run, reply));
      reply.status(202);
      return { run: result.run.id, status: 'accepted' };
  }
}

function refused(runner: Runner, { status, reason, issues, stalled }: Refusal, reply: FastifyReply): object {
  reply.status(status);
  if (status === 401) return errorView('not_genuine', reason);
  if (status === 413) return errorView('body_too_large', reason);
  if (status !== 503) return { ...errorView('refused', runner.redactor.text(reason)), issues };
  reply.header('retry-after', RETRY_LATER_S);
  // Why that is so is for the runner's operator, who finds it among the refusals.
  return stalled
    ? errorView('consent_owed', 'a person has to act before this can be taken; send it again later')
    : errorView('cannot_verify', 'the runner cannot prove that this is genuine; send it again later');
}

function endOf(runner: Runner, { id, status, output, failure, finishedAt }: RunRecord, reply: FastifyReply): unknown {
  // The deadline, or the runner's end, comes before the run's: it is on disk and goes on.
  if (finishedAt === undefined) {
    reply.status(202);
    return { run: id, status: 'accepted' };
  }
  if (status === 'succeeded') {
    reply.type('application/json');
    return JSON.stringify(output ?? null);
  }
  const { code = 'internal', message = 'the run failed', help } = failure ?? {};
  reply.status(502);
  return { ...errorView(code, runner.redactor.text(message), help), run: id };
}
