import Fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import type { DeliveryResult } from '../runner/hooks.ts';
import type { ErrorView } from './api-types.ts';

const MAX_BODY = 1024 * 1024;

/** The runner's HTTP server: webhooks and health. */
export function createServer(runner: Runner, options: Pick<FastifyServerOptions, 'rewriteUrl'> = {}): FastifyInstance {
  const app = Fastify({ ...options, bodyLimit: MAX_BODY });
  // The raw text: signatures and exact numbers need it as it came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.get('/health', () => ({ status: 'ok', automations: runner.deployed().size }));
  app.post<{
    Params: { account: string; automation: string; secret: string };
    Querystring: { [name: string]: string };
  }>('/hooks/:account/:automation/:secret', async (request, reply) => {
    const body = typeof request.body === 'string' ? request.body : '';
    const { query, headers } = request;
    const result = await runner.hooks.deliver({
      ...request.params,
      contentType: headers['content-type'],
      body,
      query,
      headers,
    });
    return answer(runner, result, reply);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send(errorView('not_found', 'there is nothing at this address')),
  );
  app.setErrorHandler((error: { statusCode?: number; code?: string; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 413)
      return reply.status(413).send(errorView('body_too_large', `the body has more than ${MAX_BODY} bytes`));
    if (status < 500) return reply.status(status).send(errorView('bad_request', error.message));
    return reply.status(500).send(errorView('internal', 'the runner could not take this; send it again'));
  });
  return app;
}

async function answer(runner: Runner, result: DeliveryResult, reply: FastifyReply): Promise<FastifyReply> {
  switch (result.kind) {
    case 'unknown':
      return reply.status(404).send(errorView('unknown_hook', 'there is no such webhook'));
    case 'refused':
      return reply.status(result.status).send({ ...errorView('refused', result.reason), issues: result.issues });
    case 'accepted':
      return result.respond === 'accepted'
        ? reply.status(202).send({ run: result.run.id, status: 'accepted' })
        : finishedAnswer(runner, result.run.id, reply);
  }
}

async function finishedAnswer(runner: Runner, id: string, reply: FastifyReply): Promise<FastifyReply> {
  const { status, output, failure } = await runner.engine.finished(id);
  if (status === 'succeeded') return reply.status(200).send(JSON.stringify(output ?? null));
  return reply.status(502).send({
    ...errorView(failure?.code ?? 'failed', runner.redactor.text(failure?.message ?? 'the run failed'), failure?.help),
    run: id,
  });
}

function errorView(code: string, message: string, help?: string): ErrorView {
  return { error: { code, message, ...(help === undefined ? {} : { help }) } };
}
