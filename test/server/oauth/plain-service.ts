import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came to the service's token endpoint. */
export type TokenForm = { [name: string]: string };

export interface PlainServiceOptions {
  /** What is answered to a request for tokens: status and JSON. */
  token: (
    form: TokenForm,
    service: PlainService,
  ) => { status?: number; body: object; headers?: { [name: string]: string } };
  /** What comes back with the browser beside the state (default: a code). */
  callback?: () => { [name: string]: string };
  /** Access tokens that it takes (default: all that it gave). */
  takes?: (token: string) => boolean;
}

/** A service that consents to everything at once, and whose tokens a test decides. */
export class PlainService {
  readonly url: string;
  readonly forms: TokenForm[] = [];
  /** Queries of the page of consent. */
  readonly asked: URLSearchParams[] = [];
  /** Access tokens that came to `/things`. */
  readonly seen: string[] = [];
  private readonly options: PlainServiceOptions;

  private constructor(server: Server, options: PlainServiceOptions) {
    this.options = options;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.answer(request, response));
  }

  static async during(options: PlainServiceOptions, use: (service: PlainService) => Promise<void>): Promise<void> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    try {
      await use(new PlainService(server, options));
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (url.pathname === '/auth') {
      this.asked.push(url.searchParams);
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      const query = {
        state: url.searchParams.get('state') ?? '',
        ...(this.options.callback?.() ?? { code: 'the-code' }),
      };
      for (const [name, value] of Object.entries(query)) back.searchParams.set(name, value);
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    const json = { 'content-type': 'application/json' };
    if (url.pathname.startsWith('/token')) {
      const form = Object.fromEntries(new URLSearchParams(text));
      this.forms.push(form);
      const { status = 200, body, headers = {} } = this.options.token(form, this);
      response.writeHead(status, { ...json, ...headers }).end(JSON.stringify(body));
      return;
    }
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    this.seen.push(token);
    const isTaken = this.options.takes?.(token) ?? true;
    response.writeHead(isTaken ? 200 : 401, json).end(JSON.stringify({ owner: 'ada', seen: token }));
  }
}

/** Goes the whole way of a link, as a browser does. Gives the text of the page at its end, and where it ended. */
export async function goThrough(link: string): Promise<{ page: string; callback: string; cookie: string }> {
  const { target, cookie } = await goOn(link);
  const back = await fetch(target, { redirect: 'manual' });
  const callback = back.headers.get('location') ?? '';
  return { page: await textOf(callback, cookie), callback, cookie };
}

/** To the service, but not further. */
export async function goOn(link: string): Promise<{ target: string; cookie: string }> {
  const response = await fetch(link, { method: 'POST', headers: { origin: new URL(link).origin } });
  const [, target] = /^0; url=(.+)$/.exec(response.headers.get('refresh') ?? '') ?? [];
  assert.ok(target !== undefined, await response.text());
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  return { target, cookie };
}

/** The text of a page, without its markup. */
export async function textOf(url: string, cookie: string): Promise<string> {
  const html = await (await fetch(url, { headers: { cookie } })).text();
  return (/<main>([^]*)<\/main>/.exec(html)?.[1] ?? html)
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/\s+/g, ' ');
}
