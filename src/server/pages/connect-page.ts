import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refusalOf, type ConnectLink, type Connecting } from '../../runner/connecting/connecting.ts';
import type { EnteredFields } from '../../runner/connecting/connection-values.ts';
import { FIELD } from './connect-fields.ts';
import { refusalBody, viewOf } from './connect-view.ts';
import { isFromOwnPage } from './forms.ts';
import { escapeHtml, sendPage } from './page.ts';

export interface ConnectPageOptions {
  connecting: Connecting;
  /** Where browsers reach the page; `undefined` where they name it themselves. */
  publicUrl: string | undefined;
  /** Whether who made the link still may. */
  isValid: (link: ConnectLink) => boolean;
  /** Where a person who is signed in consents, as the page links to it; absent where there is no runner. */
  consentPage?: (link: ConnectLink) => string;
  /** Called once a connection is saved, before anyone is told. */
  saved: (link: ConnectLink, request: FastifyRequest) => Promise<void>;
}

interface LinkParams {
  secret: string;
}

/**
 * `/connect/:secret`: the page on which a credential is pasted. Each form leads back to the page, which shows how it went: so
 * no browser keeps or sends again what was entered. The secret part of the address is what no other site knows. Stands in a
 * context that takes forms.
 */
export function addConnectPage(app: FastifyInstance, options: ConnectPageOptions): void {
  const { connecting } = options;
  const path = '/connect/:secret';
  app.get<{ Params: LinkParams }>(path, async ({ params }, reply) => {
    const link = find(options, params.secret);
    if (link === undefined) return gone(reply);
    try {
      const { title, body, style } = viewOf(await connecting.formOf(link), link.state, options.consentPage?.(link));
      return sendPage(reply, 200, title, body, style);
    } catch (error) {
      return sendPage(reply, 409, 'Connect', refusalBody(refusalOf(error)));
    }
  });
  app.post<{ Params: LinkParams; Body: URLSearchParams | undefined }>(path, async (request, reply) => {
    const { params, body = new URLSearchParams() } = request;
    const link = find(options, params.secret);
    if (link === undefined) return gone(reply);
    if (!isFromOwnPage(request, options.publicUrl))
      return sendPage(reply, 403, 'Connect', '<h1>Not from here</h1><p>The form came from another site.</p>');
    try {
      if (body.get('do') === 'enter') await connecting.enter(params.secret, enteredIn(body));
      if (body.get('do') === 'again') connecting.again(params.secret);
      if (body.get('do') === 'save' && (await connecting.save(params.secret))) await options.saved(link, request);
    } catch (error) {
      return sendPage(reply, 409, 'Connect', refusalBody(refusalOf(error)));
    }
    // Relative: a proxy may put a path before it.
    return reply.redirect(params.secret, 303);
  });
}

function find({ connecting, isValid }: ConnectPageOptions, secret: string): ConnectLink | undefined {
  const link = connecting.find(secret);
  return link !== undefined && isValid(link) ? link : undefined;
}

function gone(reply: FastifyReply): FastifyReply {
  const words = 'This link is used up, or has expired. Ask for another one.';
  return sendPage(reply, 404, 'Connect', `<h1>Nothing to connect here</h1>\n<p>${escapeHtml(words)}</p>`);
}

function enteredIn(body: URLSearchParams): EnteredFields {
  const fields = [...body].filter(([name]) => name.startsWith(FIELD));
  return Object.fromEntries(fields.map(([name, value]) => [name.slice(FIELD.length), value]));
}
