import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isJsonObject } from '../../json/value.ts';
import { isSameSecret } from '../../secrets/same-secret.ts';
import type { AccountScope } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { ApiError } from '../api-error.ts';
import { accountsOf } from './accounts-of.ts';
import type { Caller, Callers } from './callers.ts';
import type { Role } from './roles.ts';
import { ROUTE_ACCESS, type ApiAccess, type RouteAccess } from './route-access.ts';
import { accountsWith, covers, roleIn } from './scope.ts';
import type { SessionCookie } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Who calls a route that is not open; its accounts are those in which it has the role that the route asks for. */
    caller: Caller | null;
    /** All accounts of the caller, whatever it may do in them. */
    visible: AccountScope | null;
    /** The accounts that the call concerns, where it does by itself. */
    concerned: AccountScope | null;
  }
}

export interface GuardOptions {
  store: Store;
  callers: Callers;
  cookie: SessionCookie;
}

/** Begins the paths of the API. */
export const API = '/api/v1';

/**
 * Stands before every route of this context: who calls, whether the role may, whether the accounts are the caller's; and
 * writes down what was changed. Throws at the start where a route does not stand in `ROUTE_ACCESS`.
 */
export function addGuard(app: FastifyInstance, { store, callers, cookie }: GuardOptions): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('visible', null);
  app.decorateRequest('concerned', null);
  app.addHook('onRoute', (route) => {
    const [access] = [route.method].flat().map((method) => declared(method, route.url));
    route.config = { ...route.config, ...(access && { access }) };
  });
  // With callbacks, and not as promises: an open route, such as a webhook's, pays for none of them.
  app.addHook('onRequest', (request, reply, done) => {
    const access = apiAccessOf(request);
    if (access !== undefined) admit(request, identify(request, reply, callers, cookie), access);
    done();
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const access = apiAccessOf(request);
    if (access !== undefined) requireAccounts(request, access, store);
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { caller, method } = request;
    if (caller === null || !changes(method)) done();
    else
      writeDown(store, request, caller, reply.statusCode).then(
        () => done(),
        // An answer that nothing was kept needs no entry, and must not be lost for want of it.
        (error: Error) => (reply.statusCode >= 500 ? done() : done(error)),
      );
  });
}

function declared(method: string, url: string): RouteAccess {
  // Fastify adds HEAD to each GET by itself.
  const route = `${method === 'HEAD' ? 'GET' : method} ${url}`;
  const access = ROUTE_ACCESS[route];
  if (access === undefined) throw new Error(`${route} does not say who may call it: add it to route-access.ts`);
  return access;
}

/** Of a request to a route that is not open. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === null) throw new Error('an open route has no caller');
  return caller;
}

function apiAccessOf(request: FastifyRequest): ApiAccess | undefined {
  const { access } = request.routeOptions.config;
  return access === undefined || 'open' in access ? undefined : access;
}

/** A token as `Authorization: Bearer …` (RFC 6750), or a browser's session. */
function identify(request: FastifyRequest, reply: FastifyReply, callers: Callers, cookie: SessionCookie): Caller {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const session = cookie.read(request);
  const caller = token === undefined ? session && callers.bySession(session) : callers.byToken(token);
  if (!caller) {
    reply.header('www-authenticate', 'Bearer');
    const help = 'send a token as Authorization: Bearer …; waybill tokens create makes one';
    throw new ApiError(401, 'unauthorized', 'the token is missing, unknown, expired or revoked', help);
  }
  return caller;
}

function admit(request: FastifyRequest, caller: Caller, { role }: ApiAccess): void {
  request.visible = caller.accounts;
  request.caller = { ...caller, accounts: accountsWith(caller, role) };
  requireRole(request, request.caller, role);
}

function requireRole({ method, headers }: FastifyRequest, caller: Caller, needed: Role): void {
  const { accounts, csrf } = caller;
  if (csrf !== undefined && changes(method) && !isSameSecret(String(headers['x-csrf-token']), csrf))
    throw new ApiError(403, 'forbidden', 'a browser that changes something sends X-CSRF-Token, which GET /me tells');
  if (accounts.length === 0) throw roleIsMissing(caller, needed);
}

/** Where the call concerns accounts by itself, they must be the caller's. */
function requireAccounts(request: FastifyRequest, access: ApiAccess, store: Store): void {
  const concerned = accountsOf(request, access.accounts, store);
  if (concerned === undefined) return;
  request.concerned = concerned.accounts;
  const caller = callerOf(request);
  if (covers(caller.accounts, concerned.accounts)) return;
  throw covers(request.visible ?? [], concerned.accounts) ? roleIsMissing(caller, access.role) : concerned.otherwise;
}

function roleIsMissing({ name, role, accountRoles }: Caller, needed: Role): ApiError {
  const more = Object.entries(accountRoles).map(([account, one]) => `, and ${one} in ${account}`);
  return new ApiError(403, 'forbidden', `this needs the role ${needed}; the token ${name} has ${role}${more.join('')}`);
}

function changes(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** On disk before the caller has an answer. */
async function writeDown(store: Store, request: FastifyRequest, caller: Caller, status: number): Promise<void> {
  const { method, routeOptions, ip, concerned } = request;
  const [account, ...more] = concerned === null || concerned === 'all' ? [] : concerned;
  await store.audit.insert({
    at: Date.now(),
    actor: caller.id,
    name: caller.name,
    role: account === undefined ? caller.role : (roleIn(caller, account) ?? caller.role),
    action: `${method} ${routeOptions.url?.replace(API, '')}`,
    target: targetOf(request),
    ...(account === undefined || more.length > 0 ? {} : { account }),
    status,
    address: ip,
  });
}

/** Fields of bodies that name what is changed. What else a body holds is not written down. */
const NAMING = ['account', 'automation', 'connection', 'commit', 'name', 'step'];

function targetOf({ params, body }: FastifyRequest): string {
  const named = isJsonObject(body) ? NAMING.map((field) => body[field]) : [];
  return [...Object.values(params as { [name: string]: string }), ...named]
    .filter((part) => typeof part === 'string')
    .map((part) => part.slice(0, 200))
    .join('/');
}
