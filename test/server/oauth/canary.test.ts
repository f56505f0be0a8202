import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { RunListView } from '../../../src/server/api-types.ts';
import type { OAuthLinkView } from '../../../src/server/oauth-types.ts';
import { waybill } from '../../cli/waybill.ts';
import { assertNowhere, basicOf, escapeHtml, filesBelow, formsOf } from '../canary-forms.ts';
import { withWorkspace } from '../with-workspace.ts';
import { startRunner, type Child } from './child-runner.ts';
import { OPTIONS, thingsConnector, thingsWorkspace } from './identity-server.ts';
import { goThrough } from './plain-service.ts';

/** With what each encoding changes; a header holds no more than printable ASCII. */
const CLIENT_SECRET = `cAn-app/+"<&'=>!(*) s3cret-0f-the-app`;
const CODE = `cAn-code/+"<&'=>!(*) änd-m0re-c0de`;

/** Ways in which a service answers, with all that it knows in it. */
const WAYS: { [name: string]: (response: ServerResponse, known: string[]) => void } = {
  unauthorized: (response, known) => json(response, 401, { error: 'invalid_client', error_description: known.join() }),
  denied: (response, known) => json(response, 403, { message: known.join(), [known[0] ?? '']: known }),
  forms: (response, known) => text(response, 400, 'text/plain', known.flatMap(formsOf).join('\n')),
  page: (response, known) => text(response, 500, 'text/html', `<p>${known.map(escapeHtml).join('<br>')}</p>`),
  limited: (response, known) => {
    response.setHeader('x-echo', known.map(encodeURIComponent).join());
    json(response, 429, { error: known.join() });
  },
  empty: (response, known) => json(response, 200, { ok: true, known }),
  broken: (response, known) => text(response, 200, 'application/json', `{"known": ${JSON.stringify(known)}, `),
  elsewhere: (response, known) => {
    response.setHeader('location', `http://127.0.0.1:1/?known=${encodeURIComponent(known.join())}`);
    text(response, 302, 'text/plain', known.join());
  },
};

test('no token, no code and no secret of an app comes out, whatever goes wrong', { timeout: 60_000 }, async () => {
  const service = await TellingService.start();
  let runner: Child | undefined;
  try {
    const workspace = thingsWorkspace(service.url, thingsConnector({ issuer: undefined }));
    const { things } = workspace.connections;
    assert.ok(things);
    things.secrets['client_secret'] = CLIENT_SECRET;
    const step = { id: 'things', uses: 'things.list', with: {}, retry: { attempts: 1 }, timeout: '5s' };
    workspace.automations['list'] = { ...workspace.automations['list'], steps: [step] };
    await withWorkspace(
      workspace,
      async (served) => {
        runner = await startRunner(served);
        const collected = await driveAll(runner, service);
        const at = ['--workspace', served.folder, '--data', runner.data];
        for (const args of [
          ['oauth', 'status'],
          ['runs', 'list'],
          ['deploy', 'status'],
        ]) {
          const { out, err } = await waybill([...args, ...at]);
          collected.push(out, err);
        }
        runner.process.kill('SIGTERM');
        await once(runner.process, 'close');
        collected.push(runner.said());
        assert.ok(service.given.length >= 4, 'a token was refreshed');
        assertNowhere([CLIENT_SECRET, CODE, ...service.given], collected, await filesBelow(runner.data));
        assert.match(collected.join('\n'), /\[redacted\]/);
      },
      OPTIONS,
    );
  } finally {
    runner?.process.kill('SIGKILL');
    await service.close();
  }
});

/** Each way at each place: the code's exchange, calls, refreshes, giving back. Gives all that was said. */
async function driveAll(runner: Child, service: TellingService): Promise<string[]> {
  const collected: string[] = [];
  const call = async (): Promise<void> => {
    const response = await fetch(runner.hook, { method: 'POST', headers: JSON_TYPE, body: '{}' });
    collected.push(await response.text(), JSON.stringify([...response.headers]));
  };
  const { url } = await runner.api<OAuthLinkView>('/oauth/acme/things/link', 'POST');
  for (const way of Object.keys(WAYS)) {
    service.tokenWay = way;
    const { page } = await goThrough(url);
    assert.match(page, /could not be connected/, way);
    collected.push(page);
  }
  service.tokenWay = 'given';
  const { page } = await goThrough(url);
  assert.match(page, /is connected/);
  collected.push(page);
  for (const way of [...Object.keys(WAYS), 'taken']) {
    service.thingsWay = way;
    await call();
  }
  service.thingsWay = 'expired';
  for (const way of Object.keys(WAYS)) {
    service.tokenWay = way;
    await call();
  }
  collected.push(JSON.stringify(await runner.api('/oauth/acme/things/revoke', 'POST')));
  const { runs } = await runner.api<RunListView>('/runs?limit=500');
  assert.equal(runs.length, 2 * Object.keys(WAYS).length + 1);
  const paths = runs.flatMap(({ id }) => [`/runs/${id}`, `/runs/${id}/explanation`]);
  for (const path of [...paths, '/runs', '/oauth', '/audit', '/deploy', '/deployments', '/refusals'])
    collected.push(JSON.stringify(await runner.api(path)));
  return collected;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** A service with a page of consent, whose answers tell all that it was sent and has given. */
class TellingService {
  readonly url: string;
  /** Tokens that it gave. */
  readonly given: string[] = [];
  tokenWay = 'given';
  thingsWay = 'taken';
  private readonly close_: () => Promise<void>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.close_ = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.answer(request, response));
  }

  static async start(): Promise<TellingService> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TellingService(server);
  }

  close(): Promise<void> {
    return this.close_();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { authorization = '' } = request.headers;
    if (url.pathname === '/auth') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      back.searchParams.set('code', CODE);
      response.writeHead(302, { location: back.href }).end();
    } else if (url.pathname.startsWith('/token')) {
      const form = new URLSearchParams(body);
      const sent = ['code', 'refresh_token', 'token'].flatMap((name) => form.get(name) ?? []);
      const proof = authorization.replace('Basic ', '');
      this.tell(response, this.tokenWay, [CLIENT_SECRET, proof, basicOf(CLIENT_SECRET), ...sent]);
    } else {
      const token = authorization.replace('Bearer ', '');
      assert.ok(this.given.includes(token));
      this.tell(response, this.thingsWay, [token, CLIENT_SECRET, this.given.at(-1) ?? '']);
    }
  }

  private tell(response: ServerResponse, way: string, known: string[]): void {
    const number = this.given.length;
    if (way === 'given') {
      const [access, refresh] = [
        `aCc-${number}/+"<&'=>!(*)-${number}-t0ken`,
        `rEf-${number}/+"<&'=>!(*) ä-${number}-t0ken`,
      ];
      this.given.push(access, refresh);
      json(response, 200, { access_token: access, refresh_token: refresh, token_type: 'Bearer' });
    } else if (way === 'taken') json(response, 200, { owner: known.join(' '), known });
    else if (way === 'expired') json(response, 401, { error: known.join() });
    else WAYS[way]?.(response, known);
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  text(response, status, 'application/json', JSON.stringify(body));
}

function text(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
