import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runner } from '../../runner/runner.ts';
import type { ConsentTarget } from '../../runner/oauth/consent-targets.ts';
import type { OpenedLink } from '../../runner/oauth/consents.ts';
import type { Callers } from '../access/callers.ts';
import { mayConnect } from '../access/may-connect.ts';
import { covers, roleIn } from '../access/scope.ts';
import type { SessionCookie } from '../access/session-cookie.ts';
import { consentEndPage } from './consent-end-page.ts';
import { isFromOwnPage } from './forms.ts';
import { escapeHtml, sendPage } from './page.ts';

export interface ConsentPagesOptions {
  runner: Runner;
  callers: Callers;
  cookie: SessionCookie;
  publicUrl: string | undefined;
}

interface LinkParams {
  link: string;
}

interface ConnectionParams {
  account: string;
  connection: string;
}

/** Where services send browsers back to, below the runner's address; registered there to the letter. */
const CALLBACK = '/oauth/callback';

/** The browser's cookie lives as long as the way to the service and back may take, in seconds. */
const COOKIE_SECONDS = 30 * 60;

/** The pages of consent: what is asked, on to the service, and what came of it. */
export function addConsentPages(app: FastifyInstance, options: ConsentPagesOptions): void {
  const { consents } = options.runner.oauth;
  app.get<{ Params: LinkParams }>('/oauth/start/:link', async ({ params }, reply) => {
    const opened = open(params.link, options);
    if (opened.kind === 'open') return sendPage(reply, 200, 'Connect', startPage(opened.target));
    return closedLink(reply, opened.kind);
  });
  app.post<{ Params: LinkParams }>('/oauth/start/:link', (request, reply) => begin(request, reply, options));
  app.get<{ Params: ConnectionParams }>('/oauth/start/:account/:connection', (request, reply) =>
    startSignedIn(request, reply, options),
  );
  app.get(CALLBACK, async (request, reply) => {
    const query = new URLSearchParams((request.raw.url ?? '').split('?')[1] ?? '');
    const end = await consents.finish(query, request.cookies[cookieName(options)]);
    if (end.kind === 'granted') await writeDown(request, options, end.target);
    const { status, body } = consentEndPage(end, options.runner.redactor);
    return sendPage(reply, status, 'Connect', body);
  });
}

/** A link ends with the role of who made it. */
function open(secret: string, { runner, callers }: ConsentPagesOptions): OpenedLink {
  const opened = runner.oauth.consents.open(secret);
  if (opened.kind !== 'open') return opened;
  const maker = callers.byId(opened.createdBy);
  return maker !== undefined && mayConnect(maker, opened.target.account) ? opened : { kind: 'unknown' };
}

/** With a browser that is signed in, a link is made on the way. */
async function startSignedIn(
  request: FastifyRequest<{ Params: ConnectionParams }>,
  reply: FastifyReply,
  { runner, callers, cookie }: ConsentPagesOptions,
): Promise<FastifyReply> {
  const session = cookie.read(request);
  const caller = session === undefined ? undefined : callers.bySession(session);
  if (caller === undefined)
    return sendPage(
      reply,
      401,
      'Connect',
      `<h1>Sign in first</h1>
<p>This page is for those who are signed in to the runner. <a href="../../../sign-in">Sign in</a>, then open it again.</p>`,
    );
  const { account, connection } = request.params;
  const target = runner.oauth.targets.find(account, connection);
  if (target === undefined || !covers(caller.accounts, [account])) return closedLink(reply, 'unknown');
  if (!mayConnect(caller, account))
    return sendPage(reply, 403, 'Connect', '<h1>Not for this role</h1>\n<p>Who connects needs the role editor.</p>');
  const { secret } = await runner.oauth.consents.link(target, caller.id);
  await runner.store.audit.insert({
    at: Date.now(),
    actor: caller.id,
    name: caller.name,
    role: roleIn(caller, account) ?? caller.role,
    action: 'GET /oauth/start/:account/:connection',
    target: `${account}/${connection}`,
    account,
    status: 303,
    address: request.ip,
  });
  return reply.redirect(`../${secret}`, 303);
}

/**
 * On to the service, by a header and not by a redirect: the policy of our pages would hold for the whole chain of redirects
 * that a form begins.
 */
async function begin(
  request: FastifyRequest<{ Params: LinkParams }>,
  reply: FastifyReply,
  options: ConsentPagesOptions,
): Promise<FastifyReply> {
  if (!isFromOwnPage(request, options.publicUrl))
    return sendPage(reply, 403, 'Connect', '<h1>Not from here</h1>\n<p>The form came from another site.</p>');
  const opened = open(request.params.link, options);
  if (opened.kind !== 'open') return closedLink(reply, opened.kind);
  const name = cookieName(options);
  const redirectUri = redirectUriOf(request, options.publicUrl);
  const { consents } = options.runner.oauth;
  const begun = await consents.begin(request.params.link, redirectUri, request.cookies[name]);
  if (begun.kind === 'refused') {
    const { message, help } = begun.failure;
    return sendPage(reply, 503, 'Connect', notReady(options.runner.redactor.text(message), help));
  }
  if (begun.kind !== 'begun') return closedLink(reply, begun.kind);
  const { href, host } = begun.url;
  const secure = options.publicUrl?.startsWith('https:') === true;
  // Lax: it must come along when the service sends the browser back.
  const settings = { path: '/', httpOnly: true, sameSite: 'lax' as const, secure, maxAge: COOKIE_SECONDS };
  reply.setCookie(name, begun.cookie, settings).header('refresh', `0; url=${href}`);
  const body = `<h1>On to ${escapeHtml(host)}</h1>
<p>If nothing happens, <a href="${escapeHtml(href)}">go on here</a>.</p>`;
  return sendPage(reply, 200, 'Connect', body);
}

/** Where the operator says no address, it is the one by which this machine's browser came. */
export function redirectUriOf({ headers }: Pick<FastifyRequest, 'headers'>, publicUrl: string | undefined): string {
  return `${publicUrl ?? `http://${headers.host}`}${CALLBACK}`;
}

function cookieName({ publicUrl }: ConsentPagesOptions): string {
  return publicUrl?.startsWith('https:') === true ? '__Host-waybill-consent' : 'waybill-consent';
}

function startPage({ account, connection, title, scopes, automations }: ConsentTarget): string {
  const rights = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`);
  const asked =
    rights.length === 0
      ? ''
      : `<h2>What ${escapeHtml(title)} will be asked for</h2>\n<ul>\n${rights.join('\n')}\n</ul>`;
  return `<h1>Connect ${escapeHtml(title)}</h1>
<p>Automations of <strong>${escapeHtml(account)}</strong> want to use an account at ${escapeHtml(title)}. You sign in there, see what is asked, and decide. Your password stays between you and ${escapeHtml(title)}.</p>
<dl>
<dt>For</dt><dd>${escapeHtml(account)}</dd>
<dt>Connection</dt><dd>${escapeHtml(connection)}</dd>
<dt>Used by</dt><dd>${escapeHtml(automations.join(', '))}</dd>
</dl>
${asked}
<form method="post">
<button>Go on to ${escapeHtml(title)}</button>
</form>`;
}

function closedLink(reply: FastifyReply, kind: 'unknown' | 'used'): FastifyReply {
  if (kind === 'used')
    return sendPage(
      reply,
      410,
      'Connect',
      '<h1>Done already</h1>\n<p>This link was used: the connection is there. For another account, ask for a new link.</p>',
    );
  return sendPage(
    reply,
    404,
    'Connect',
    '<h1>There is nothing here</h1>\n<p>The link is wrong or too old, or nothing that is deployed uses the connection. Ask whoever sent it for a new one: <code>waybill oauth link</code>.</p>',
  );
}

function notReady(message: string, help: string | undefined): string {
  return `<h1>Not ready yet</h1>
<p class="bad" role="alert">${escapeHtml(message)}</p>
<p>${help === undefined ? 'Tell whoever sent you the link.' : `For whoever sent you the link: ${escapeHtml(help)}.`}</p>`;
}

async function writeDown(
  request: FastifyRequest,
  { runner }: ConsentPagesOptions,
  { account, connection }: ConsentTarget,
): Promise<void> {
  await runner.store.audit.insert({
    at: Date.now(),
    actor: 'link',
    name: 'a person who consented',
    role: 'link of the consent',
    action: `GET ${CALLBACK}`,
    target: `${account}/${connection}`,
    account,
    status: 200,
    address: request.ip,
  });
}
