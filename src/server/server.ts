import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import { requireToken } from './access.ts';
import { ApiError } from './api-error.ts';
import { addApiRoutes } from './api-routes.ts';
import { errorView } from './error-view.ts';
import { addApprovalPage } from './approval-page.ts';
import { addHookRoutes } from './hook-routes.ts';
import { addPushRoute, type PushOptions } from './push-route.ts';

const MAX_BODY = 1024 * 1024;

export interface ServerOptions extends Pick<FastifyServerOptions, 'rewriteUrl'> {
  /** Who sends it may read the API. */
  token: string;
  /** The secret that the repository's host proves its pushes with, and what a push calls. */
  push?: PushOptions | undefined;
}

/** The runner's HTTP server: webhooks, the API and health. It has no log: addresses of webhooks are secrets. */
export function createServer(runner: Runner, { token, push, ...options }: ServerOptions): FastifyInstance {
  const app = Fastify({ ...options, bodyLimit: MAX_BODY });
  // The raw text: exact numbers need it as it came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.get('/health', () => ({ status: 'ok', automations: runner.deployed().size }));
  app.register((hooks, _options, done) => {
    // The raw bytes: signatures are of them, even where they are no text.
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    addHookRoutes(hooks, runner);
    done();
  });
  if (push !== undefined) addPushRoute(app, push);
  addApprovalPage(app, runner);
  app.register(
    (api, _options, done) => {
      api.addHook('onRequest', requireToken(token));
      addApiRoutes(api, runner);
      done();
    },
    { prefix: '/api/v1' },
  );
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send(errorView('not_found', 'there is nothing at this address')),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (error instanceof ApiError) return reply.status(status).send(errorView(error.code, error.message, error.help));
    if (status === 413)
      return reply.status(413).send(errorView('body_too_large', `the body has more than ${MAX_BODY} bytes`));
    if (status < 500) return reply.status(status).send(errorView('bad_request', error.message));
    return reply.status(500).send(errorView('internal', 'the runner could not take this; send it again'));
  });
  return app;
}
