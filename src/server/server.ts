import cookies from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { parseJson } from '../json/parse.ts';
import type { Runner } from '../runner/runner.ts';
import { StoreError, type StoreErrorCode } from '../store/store-error.ts';
import { Callers } from './access/callers.ts';
import { addGuard, API } from './access/guard.ts';
import { limitAnswers } from './access/limit-answers.ts';
import { SessionCookie } from './access/session-cookie.ts';
import { ApiError } from './api-error.ts';
import type { HealthView } from './api-types.ts';
import { addApiRoutes } from './api-routes.ts';
import { errorView } from './error-view.ts';
import { addApprovalPage } from './approval-page.ts';
import { connectPageOf } from './connect-routes.ts';
import { addHookRoutes } from './hook-routes.ts';
import { OPENAPI_OPTIONS } from './openapi.ts';
import { addConnectPage } from './pages/connect-page.ts';
import { addConnectionsPage } from './pages/connections-page.ts';
import { addConsentPages, type ConsentPagesOptions } from './pages/consent-pages.ts';
import { takeForms } from './pages/forms.ts';
import { addSessionPages, type SessionPagesOptions } from './pages/session-pages.ts';
import { securityHeaders } from './security-headers.ts';
import { trustProxies } from './trusted-proxy.ts';
import { addPushRoute, type PushOptions } from './push-route.ts';

const MAX_BODY = 1024 * 1024;

/** Failures a minute from one address; a sender whose webhook is gone for good is told so often enough. */
const MAX_WRONG_TOKENS = 30;
const MAX_UNKNOWN_HOOKS = 60;

/** Seconds after which a disk that was full may have room. */
const RETRY_STORE_S = 30;
const CANNOT_KEEP: { [code in StoreErrorCode]?: string } = {
  store_full: 'the disk of the runner is full; send this again',
  store_busy: 'another program has the database of the runner locked; send this again',
};
const CANNOT_WRITE = 'the runner cannot write its database; send this again';

export interface ServerOptions extends Pick<FastifyServerOptions, 'rewriteUrl'> {
  /** The token of the owner of the runner's data. */
  token: string;
  /** Where a proxy that does TLS makes the runner reachable. The proxy says who calls. */
  publicUrl?: string | undefined;
  /** How many proxies stand one behind the other before the runner (default: one). */
  proxies?: number;
  /** The secret that the repository's host proves its pushes with, and what a push calls. */
  push?: PushOptions | undefined;
}

/** The runner's HTTP server: webhooks, the API, pages and health. It has no log: addresses of webhooks are secrets. */
export function createServer(
  runner: Runner,
  { token, publicUrl, proxies = 1, push, ...options }: ServerOptions,
): FastifyInstance {
  const app = Fastify({
    ...options,
    bodyLimit: MAX_BODY,
    trustProxy: publicUrl === undefined ? false : trustProxies(proxies),
    // A field that nobody knows is refused, not dropped.
    ajv: { customOptions: { removeAdditional: false, allowUnionTypes: true } },
  });
  const { store } = runner;
  const callers = new Callers(store, token, Date.now);
  const headers = securityHeaders(publicUrl);
  const cookie = new SessionCookie(publicUrl?.startsWith('https:') === true);
  app.register(cookies);
  app.register(rateLimit, { global: false });
  app.register(swagger, OPENAPI_OPTIONS);
  // Routes stand in a context of their own, which begins when the plugins above are there.
  app.register((routes, _options, done) => {
    routes.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers);
      done();
    });
    addGuard(routes, { store, callers, cookie });
    routes.get('/health', () => healthOf(runner));
    routes.register(inContext((hooks) => addHooks(hooks, runner)));
    if (push !== undefined) routes.register(inContext((host) => addPush(host, push)));
    routes.register(inContext((pages) => addApprovals(pages, runner)));
    routes.register(inContext((pages) => addConsents(pages, { runner, callers, cookie, publicUrl })));
    routes.register(inContext((pages) => addConnections(pages, runner, { store, callers, cookie, publicUrl })));
    routes.register(inContext((pages) => addSessionPages(pages, { store, callers, cookie, publicUrl })));
    routes.register(
      inContext((api) => addApi(api, runner, callers)),
      { prefix: API },
    );
    done();
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send(errorView('not_found', 'there is nothing at this address')),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (error instanceof ApiError) return reply.status(status).send(errorView(error.code, error.message, error.help));
    if (error instanceof StoreError && error.code === 'store_sealed')
      return reply.status(503).send(errorView('sealed', error.message));
    if (status === 413)
      return reply.status(413).send(errorView('body_too_large', `the body has more than ${MAX_BODY} bytes`));
    if (status < 500) return reply.status(status).send(errorView('bad_request', error.message));
    if (error instanceof StoreError && error.code !== 'store_refused')
      return reply
        .status(503)
        .header('retry-after', RETRY_STORE_S)
        .send(errorView('cannot_keep', CANNOT_KEEP[error.code] ?? CANNOT_WRITE));
    return reply.status(500).send(errorView('internal', 'the runner could not take this; send it again'));
  });
  return app;
}

/** `queued`: runs that wait for their turn. */
function healthOf(runner: Runner): HealthView {
  const { runs: queued } = runner.engine.backlog('');
  const taking = queued >= runner.backlog.runs ? 'full' : 'ok';
  const status = runner.keeping.trouble === undefined ? taking : 'cannot_keep';
  return { status, automations: runner.deployed().size, queued };
}

function inContext(add: (app: FastifyInstance) => void) {
  return (app: FastifyInstance, _options: object, done: () => void): void => {
    add(app);
    done();
  };
}

function addHooks(app: FastifyInstance, runner: Runner): void {
  // The raw bytes: signatures are of them, even where they are no text.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  limitAnswers(app, { status: 404, max: MAX_UNKNOWN_HOOKS });
  addHookRoutes(app, runner);
}

function addApprovals(app: FastifyInstance, runner: Runner): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  limitAnswers(app, { status: 404, max: MAX_UNKNOWN_HOOKS });
  addApprovalPage(app, runner);
}

function addConsents(app: FastifyInstance, options: ConsentPagesOptions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  limitAnswers(app, { status: 404, max: MAX_UNKNOWN_HOOKS });
  addConsentPages(app, options);
}

function addConnections(app: FastifyInstance, runner: Runner, options: SessionPagesOptions): void {
  limitAnswers(app, { status: 404, max: MAX_UNKNOWN_HOOKS });
  takeForms(app);
  addConnectionsPage(app, { ...options, connecting: runner.connecting });
  addConnectPage(app, connectPageOf(runner, options.callers));
}

function addPush(app: FastifyInstance, push: PushOptions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  limitAnswers(app, { status: 401, max: MAX_WRONG_TOKENS });
  addPushRoute(app, push);
}

function addApi(app: FastifyInstance, runner: Runner, callers: Callers): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? null : parseJson(String(body)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      done(new ApiError(400, 'bad_request', `the body is not JSON: ${reason}`));
    }
  });
  limitAnswers(app, { status: 401, max: MAX_WRONG_TOKENS });
  addApiRoutes(app, runner, callers);
  app.get('/openapi.json', () => app.swagger());
}
