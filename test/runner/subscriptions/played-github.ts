import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A repository's webhook, as GitHub keeps it. */
export interface PlayedHook {
  id: number;
  repository: string;
  active: boolean;
  events: string[];
  config: { url: string; content_type: string; secret: string };
}

export const TOKEN = 'github_pat_played';

/**
 * GitHub's API of repository webhooks on this machine, https://docs.github.com/en/rest/repos/webhooks: a second one with the
 * same address is refused, and a secret is never shown.
 */
export class PlayedGitHub {
  readonly hooks: PlayedHook[] = [];
  /** Method and path of each request. */
  readonly requests: string[] = [];
  /** Answers in place of GitHub where it gives true. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Told before a request that was carried out is answered; a promise keeps the answer back. */
  carriedOut: (request: IncomingMessage) => Promise<void> | undefined = () => undefined;
  url = '';
  private last = 100;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Sends an event as GitHub does, to the runner at this address. */
  async send(
    hook: PlayedHook,
    event: string,
    payload: object,
    to: string,
    id: string = randomUUID(),
  ): Promise<Response> {
    const body = JSON.stringify({
      repository: { full_name: hook.repository },
      sender: { login: 'octocat' },
      ...payload,
    });
    const signature = createHmac('sha256', hook.config.secret).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    };
    return fetch(to + new URL(hook.config.url).pathname, { method: 'POST', headers, body });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    this.requests.push(`${method} ${url.replace(/\?.*/, '')}`);
    if (this.before(request, response)) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const given = (text === '' ? {} : JSON.parse(text)) as Partial<PlayedHook>;
    const [, repository = '', id] = /^\/repos\/([^/]+\/[^/]+)\/hooks(?:\/(\d+))?(?:\?|$)/.exec(url) ?? [];
    if (headers.authorization !== `Bearer ${TOKEN}`) return send(response, 401, { message: 'Bad credentials' });
    const [status, body] = this.perform(method, repository, id, given);
    await this.carriedOut(request);
    send(response, status, body);
  }

  private perform(method: string, name: string, id: string | undefined, given: Partial<PlayedHook>): [number, unknown] {
    const repository = name.toLowerCase();
    const own = this.hooks.filter((hook) => hook.repository === repository);
    if (id === undefined) {
      if (method === 'GET') return [200, own.map(shown)];
      const { active = true, events = ['push'], config } = given;
      assert.ok(config);
      if (own.some((hook) => hook.config.url === config.url))
        return [422, { message: 'Validation Failed', errors: [{ message: 'Hook already exists on this repository' }] }];
      const hook = { id: ++this.last, repository, active, events, config };
      this.hooks.push(hook);
      return [201, shown(hook)];
    }
    const hook = own.find((one) => String(one.id) === id);
    if (hook === undefined) return [404, { message: 'Not Found' }];
    if (method === 'PATCH') return [200, shown(Object.assign(hook, given))];
    this.hooks.splice(this.hooks.indexOf(hook), 1);
    return [204, undefined];
  }
}

function shown(hook: PlayedHook): object {
  return { ...hook, config: { ...hook.config, secret: '********' } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(body === undefined ? '' : JSON.stringify(body));
}
