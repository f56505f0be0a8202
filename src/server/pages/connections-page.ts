import type { FastifyInstance, FastifyReply } from 'fastify';
import { refusalOf, type Connecting, type ConnectionsOverview } from '../../runner/connecting/connecting.ts';
import { isSameSecret } from '../../secrets/same-secret.ts';
import type { Store } from '../../store/store.ts';
import type { Caller, Callers } from '../access/callers.ts';
import { connectable, mayConnect } from '../access/may-connect.ts';
import { covers } from '../access/scope.ts';
import type { SessionCookie } from '../access/session-cookie.ts';
import { refusalBody } from './connect-view.ts';
import { isFromOwnPage } from './forms.ts';
import { escapeHtml, sendPage } from './page.ts';
import { signedIn } from './session-pages.ts';

export interface ConnectionsPageOptions {
  store: Store;
  callers: Callers;
  cookie: SessionCookie;
  publicUrl: string | undefined;
  connecting: Connecting;
}

/** Milliseconds: a person who pressed the button is there already. */
const LINK_MS = 30 * 60 * 1000;

/** `/connect`: the connections of the accounts that a signed-in person may give credentials, each with the way to its page. */
export function addConnectionsPage(app: FastifyInstance, options: ConnectionsPageOptions): void {
  const { connecting, store } = options;
  app.get('/connect', async (request, reply) => {
    const caller = signedIn(request, options);
    if (caller === undefined) return reply.redirect('sign-in', 303);
    const scope = connectable(caller);
    if (scope.length === 0) return refuse(reply, 'This needs the role editor.');
    try {
      const overview = await connecting.overview();
      const accounts = overview.accounts.filter(({ account }) => covers(scope, [account]));
      return sendPage(reply, 200, 'Connections', overviewBody({ ...overview, accounts }, caller));
    } catch (error) {
      return sendPage(reply, 409, 'Connections', refusalBody(refusalOf(error)));
    }
  });
  app.post<{ Body: URLSearchParams | undefined }>('/connect', async (request, reply) => {
    const { body = new URLSearchParams() } = request;
    const caller = signedIn(request, options);
    if (caller === undefined) return reply.redirect('sign-in', 303);
    if (!isFromOwnPage(request, options.publicUrl) || !isSameSecret(body.get('csrf') ?? '', caller.csrf ?? ''))
      return refuse(reply, 'The form came from another site.');
    const account = body.get('account') ?? '';
    const connector = body.get('connector') ?? '';
    const connection = body.get('connection')?.trim() || connector;
    if (!mayConnect(caller, account)) return refuse(reply, 'This needs the role editor in the account.');
    try {
      const { id, name } = caller;
      const asked = { account, connection, connector: connector || undefined, by: { id, name }, lifetimeMs: LINK_MS };
      const { secret } = await connecting.mint(asked);
      await store.audit.insert({
        at: Date.now(),
        actor: id,
        name,
        role: caller.role,
        action: 'POST /connect',
        target: `${account}/${connection}`,
        account,
        status: 303,
        address: request.ip,
      });
      return await reply.redirect(`connect/${secret}`, 303);
    } catch (error) {
      return sendPage(reply, 409, 'Connections', refusalBody(refusalOf(error)));
    }
  });
}

function refuse(reply: FastifyReply, words: string): FastifyReply {
  return sendPage(reply, 403, 'Connections', `<h1>Connections</h1>\n<p class="bad">${escapeHtml(words)}</p>`);
}

function overviewBody({ accounts, connectors }: ConnectionsOverview, caller: Caller): string {
  const csrf = `<input type="hidden" name="csrf" value="${escapeHtml(caller.csrf ?? '')}">`;
  const choices = connectors.map(
    ({ name, title }) => `<option value="${escapeHtml(name)}">${escapeHtml(title)}</option>`,
  );
  const parts = accounts.map(({ account, connections }) => {
    const id = escapeHtml(account);
    const hidden = `${csrf}<input type="hidden" name="account" value="${id}">`;
    const rows = connections.map(
      ({ name, title, saved }) => `<tr><td>${escapeHtml(title)}<small>${escapeHtml(name)}</small></td>
<td>${saved ? 'connected' : '<span class="bad">no credential</span>'}</td>
<td><form method="post" action="connect">${hidden}<button class="quiet" name="connection" value="${escapeHtml(name)}"
 aria-label="${escapeHtml(`${saved ? 'Replace' : 'Connect'} ${name} of ${account}`)}">${saved ? 'Replace' : 'Connect'}</button></form></td></tr>`,
    );
    return `<h2>${id}</h2>
<table>${rows.join('\n')}</table>
<details><summary>Connect another service</summary>
<form method="post" action="connect">${hidden}
<div class="field"><label for="service-${id}">Service</label><select id="service-${id}" name="connector">${choices.join('')}</select></div>
<div class="field"><label for="name-${id}">Name <span class="optional">may be left empty; needed for a second one of the same service</span></label>
<input id="name-${id}" name="connection" maxlength="63" autocomplete="off" autocapitalize="none" spellcheck="false"></div>
<button>Go on</button>
</form></details>`;
  });
  const none = '<p>There is no account that you may connect services for.</p>';
  return `<h1>Connections</h1>
<p>What the accounts use at services. Credentials are encrypted here and can be replaced, not read.</p>
${parts.join('\n') || none}
<p><a href=".">Who am I?</a></p>`;
}
