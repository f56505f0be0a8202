import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSameSecret } from '../../secrets/same-secret.ts';
import type { Store } from '../../store/store.ts';
import type { Caller, Callers } from '../access/callers.ts';
import { limitAnswers } from '../access/limit-answers.ts';
import { isAtLeast, ROLE_NAMES, ROLES } from '../access/roles.ts';
import { connectable } from '../access/may-connect.ts';
import { describeScope } from '../access/scope.ts';
import type { SessionCookie } from '../access/session-cookie.ts';
import { iso } from '../views.ts';
import { isFromOwnPage, takeForms } from './forms.ts';
import { escapeHtml, sendPage, writePage } from './page.ts';

export interface SessionPagesOptions {
  store: Store;
  callers: Callers;
  cookie: SessionCookie;
  /** Where browsers reach the runner, such as `https://waybill.example.com`; `undefined` where they name it themselves. */
  publicUrl: string | undefined;
}

/** Wrong tokens a minute from one address. */
const MAX_TRIES = 10;

/** Signing in and out with a browser, and the page on who one is. Links are relative: a proxy may put a path before them. */
export function addSessionPages(app: FastifyInstance, options: SessionPagesOptions): void {
  const { callers, cookie } = options;
  limitAnswers(app, {
    status: 401,
    max: MAX_TRIES,
    refuse: (reply) => writePage(reply, 'Sign in', signInForm('Too many wrong tokens came from here. Wait a minute.')),
  });
  takeForms(app);
  app.get('/', async (request, reply) => {
    const caller = signedIn(request, options);
    return caller === undefined ? reply.redirect('sign-in', 303) : sendPage(reply, 200, caller.name, overview(caller));
  });
  app.get('/sign-in', async (request, reply) =>
    signedIn(request, options) === undefined ? sendPage(reply, 200, 'Sign in', signInForm()) : reply.redirect('.', 303),
  );
  app.post<{ Body: URLSearchParams | undefined }>('/sign-in', async (request, reply) => {
    if (!isFromOwnPage(request, options.publicUrl)) return refuseForeign(reply, options);
    const caller = callers.byToken(request.body?.get('token')?.trim() ?? '');
    if (caller === undefined)
      return sendPage(reply, 401, 'Sign in', signInForm('This token is unknown, expired or revoked.'));
    const session = await callers.signIn(caller);
    await writeDown(options.store, request, caller);
    cookie.set(reply, session.cookie, session.expiresAt);
    return reply.redirect('.', 303);
  });
  app.post<{ Body: URLSearchParams | undefined }>('/sign-out', async (request, reply) => {
    // Also without a cookie: browsers do not send it along from another site, but would drop it at the answer.
    if (!isFromOwnPage(request, options.publicUrl)) return refuseForeign(reply, options);
    const session = cookie.read(request);
    const caller = signedIn(request, options);
    if (session !== undefined && caller !== undefined) {
      if (!isSameSecret(request.body?.get('csrf') ?? '', caller.csrf ?? '')) return refuseForeign(reply, options);
      await callers.signOut(session);
      await writeDown(options.store, request, caller);
    }
    cookie.clear(reply);
    return reply.redirect('sign-in', 303);
  });
}

export function signedIn(
  request: FastifyRequest,
  { callers, cookie }: Pick<SessionPagesOptions, 'callers' | 'cookie'>,
): Caller | undefined {
  const session = cookie.read(request);
  return session === undefined ? undefined : callers.bySession(session);
}

function refuseForeign(reply: FastifyReply, { publicUrl }: SessionPagesOptions): FastifyReply {
  const where = publicUrl === undefined ? 'on the page of the runner itself' : `at ${publicUrl}`;
  return sendPage(reply, 403, 'Sign in', signInForm(`The form came from another site. Sign in ${where}.`));
}

async function writeDown(store: Store, request: FastifyRequest, { id, name, role }: Caller): Promise<void> {
  const action = `${request.method} ${request.routeOptions.url}`;
  await store.audit.insert({
    at: Date.now(),
    actor: id,
    name,
    role,
    action,
    target: '',
    status: 303,
    address: request.ip,
  });
}

function signInForm(problem?: string): string {
  return `<h1>Sign in</h1>
<p>Paste a token of this runner. <code>waybill tokens create</code> makes one.</p>
${problem === undefined ? '' : `<p class="bad" role="alert">${escapeHtml(problem)}</p>`}
<form method="post" action="sign-in">
<label for="token">Token</label>
<input id="token" name="token" type="password" required autofocus autocomplete="off" spellcheck="false">
<button>Sign in</button>
</form>`;
}

function overview(caller: Caller): string {
  const { name, role, expiresAt, csrf = '' } = caller;
  const until =
    expiresAt === undefined
      ? 'the runner ends'
      : iso(expiresAt)
          .replace('T', ' ')
          .replace(/:\d\d\.\d+Z$/, ' UTC');
  const rights = ROLE_NAMES.map(
    (one) => `<li${isAtLeast(role, one) ? '' : ' class="not"'}><strong>${one}</strong> ${escapeHtml(ROLES[one])}</li>`,
  );
  return `<h1>${escapeHtml(name)}</h1>
<p>You are signed in to this runner.</p>
<dl>
<dt>Role</dt><dd>${escapeHtml(role)}</dd>
<dt>Accounts</dt><dd>${escapeHtml(describeScope(caller))}</dd>
<dt>Until</dt><dd>${escapeHtml(until)}</dd>
</dl>
<h2>What you may do</h2>
<ul>
${rights.join('\n')}
</ul>
${connectable(caller).length === 0 ? '' : '<p><a href="connect">Connections</a>: give accounts their credentials.</p>'}
<form method="post" action="sign-out">
<input type="hidden" name="csrf" value="${escapeHtml(csrf)}">
<button class="quiet">Sign out</button>
</form>`;
}
