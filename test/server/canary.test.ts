import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { sealConnection } from '../../src/secrets/connection-file.ts';
import { root, waybill } from '../cli/waybill.ts';
import { assertNowhere, basicOf, escapeHtml, filesBelow, formsOf } from './canary-forms.ts';

/** Unique, and with what each encoding changes; a header holds no more than printable ASCII. */
const CANARIES: { [connection: string]: string } = {
  header: `cAn-1/+"<&'=>!(*) h34der-4nd-m0re`,
  query: `cÄn-2/+"<&'=>!(*) qu3ry-änd-m0re`,
  basic: `cÄn-3/+"<&'=>!(*) p4ssw0rd-änd:m0re`,
  number: '918273645546372819',
};
const AUTHS = {
  header: { type: 'api_key', in: 'header', name: 'X-Key', value: 'Token ${{ connection.secret }}' },
  query: { type: 'api_key', in: 'query', name: 'key', value: '${{ connection.secret }}' },
  basic: { type: 'basic', username: '${{ connection.user }}', password: '${{ connection.secret }}' },
  number: { type: 'bearer', token: '${{ connection.secret }}' },
};

/** Every way in which a service may answer badly, with the credential in it. */
const WAYS: { [name: string]: (response: ServerResponse, secret: string, seen: string) => void } = {
  unauthorized: (response, secret, seen) => json(response, 401, { error: { message: `bad key ${secret}`, seen } }),
  forbidden: (response, secret) => json(response, 403, { message: secret, [secret]: { nested: [secret] } }),
  forms: (response, secret) => text(response, 400, 'text/plain', [...formsOf(secret), basicOf(secret)].join('\n')),
  html: (response, secret, seen) => text(response, 500, 'text/html', `<p>${escapeHtml(secret)} ${seen}</p>`),
  redirect: (response, secret) => {
    response.writeHead(302, { location: `http://127.0.0.1:1/?key=${encodeURIComponent(secret)}` });
    response.end(secret);
  },
  limited: (response, secret) => {
    response.writeHead(429, { 'x-echo': encodeURIComponent(secret), 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: secret }));
  },
  broken: (response, secret) => text(response, 200, 'application/json', `{"key": ${JSON.stringify(secret)}, `),
  escaped: (response, secret) =>
    text(response, 200, 'application/json', `{"key": ${JSON.stringify(secret).replaceAll('/', '\\/')}, `),
  numbers: (response, secret) => text(response, 400, 'application/json', `{"n": ${/^\d+$/.test(secret) ? secret : 1}}`),
  // What is kept of a long answer ends somewhere: perhaps within the secret.
  ...Object.fromEntries(
    [500, 2000].map((at) => [
      `cut${at}`,
      (response: ServerResponse, secret: string) =>
        text(response, at === 500 ? 200 : 400, 'text/plain', '-'.repeat(at - 20) + secret),
    ]),
  ),
  torn: (response, secret) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 10_000 });
    response.write(JSON.stringify({ key: secret }), () => response.destroy());
  },
  silent: (response, secret) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`{"key": ${JSON.stringify(secret)}`);
  },
  echo: (response, secret, seen) => json(response, 200, { ok: true, key: secret, seen }),
};

test('no secret comes out, whatever goes wrong', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-canary-'));
  const service = await startService();
  const collected: string[] = [];
  let runner: ChildProcess | undefined;
  try {
    const workspace = join(folder, 'workspace');
    const keys = join(folder, 'keys.txt');
    const identity = await generateX25519Identity();
    await writeFile(keys, identity, { mode: 0o400 });
    await writeWorkspace(workspace, await identityToRecipient(identity));
    let said = '';
    const says = async (words: string): Promise<void> => {
      while (!said.includes(words)) {
        assert.equal(runner?.exitCode, null, said);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const start = async (): Promise<string[]> => {
      const reroutes = Object.keys(AUTHS).flatMap((name) => ['--reroute', `${name}=${service.url}`]);
      const args = ['dev', '--workspace', workspace, '--data', join(folder, 'data'), '--port', '0', '--keys', keys];
      said = '';
      runner = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args, ...reroutes], {
        env: { ...process.env, WAYBILL_DEBUG: '1' },
      });
      for (const stream of [runner.stdout, runner.stderr])
        stream?.on('data', (chunk) => {
          said += String(chunk);
          collected.push(String(chunk));
        });
      await says('POST http');
      return [...said.matchAll(/POST (http\S+)/g)].map(([, url = '']) => url);
    };
    const hooks = await start();
    const calls = hooks.flatMap((url) => Object.keys(WAYS).map((way) => post(url, { way })));
    for (const { status, text: body } of await Promise.all(calls)) {
      assert.ok([200, 502].includes(status), body);
      collected.push(body);
    }
    assert.equal(service.seen.size, hooks.length * Object.keys(WAYS).length);

    // Killed while the service holds a call, and started again: what it knew of secrets is gone.
    const [first = ''] = hooks;
    const held = post(first, { way: 'silent' }).catch(() => undefined);
    await service.next();
    runner?.kill('SIGKILL');
    await held;
    const [again = ''] = await start();
    collected.push(...(await readApi(join(folder, 'data'))));
    collected.push(...(await makeMistakes(workspace, again, says)));
    runner?.kill('SIGTERM');
    if (runner !== undefined) await once(runner, 'close');

    const data = await filesBelow(join(folder, 'data'));
    assert.ok(data.some(({ name }) => name.endsWith('.db')));
    assertNowhere(Object.values(CANARIES), collected, data);
    const shown = collected.join('\n');
    assert.match(shown, /\[redacted\]/);
    assert.ok(!shown.includes(identity.slice(20)));
  } finally {
    runner?.kill('SIGKILL');
    await service.close();
    await rm(folder, { recursive: true });
  }
});

async function writeWorkspace(workspace: string, recipient: string): Promise<void> {
  const write = async (path: string, content: unknown): Promise<void> => {
    await mkdir(join(workspace, path, '..'), { recursive: true });
    await writeFile(join(workspace, path), typeof content === 'string' ? content : JSON.stringify(content));
  };
  await write('waybill.json', { waybill: '0.1.0' });
  const connections = Object.fromEntries(Object.keys(AUTHS).map((name) => [name, { connector: name }]));
  await write('automations/acme/account.json', { name: 'Acme', recipients: [recipient], connections });
  for (const [name, auth] of Object.entries(AUTHS)) {
    await write(`connectors/${name}/connector.json`, {
      name,
      title: name,
      version: '1.0.0',
      description: 'Says back what it gets.',
      connection: {
        fields: {
          user: { title: 'User', secret: true, required: false },
          secret: { title: 'Secret', secret: true },
        },
        base_url: `https://${name}.example.com`,
        hosts: [`${name}.example.com`],
        auth,
      },
      actions: {
        call: {
          title: 'Call',
          description: 'Calls.',
          effect: 'read',
          input: { type: 'object', required: ['way'], properties: { way: { type: 'string' } } },
          output: {},
          request: { method: 'GET', path: `/${name}/\${{ input.way }}` },
          response: { output: '${{ response.body.ok ? response.body : response.body.missing.field }}' },
        },
      },
    });
    await write(`automations/acme/${name}.json`, {
      name,
      trigger: {
        webhook: {
          body: { type: 'object', required: ['way'], properties: { way: { type: 'string' } } },
          verify: 'none',
          respond: 'finished',
        },
      },
      steps: [
        {
          id: 'call',
          uses: `${name}.call`,
          with: { way: '${{ trigger.body.way }}' },
          retry: { attempts: 1 },
          timeout: '2s',
        },
      ],
      output: '${{ steps.call }}',
    });
    const sealed = { account: 'acme', connection: name, hosts: [`${name}.example.com`], recipients: [recipient] };
    const fields = { secret: CANARIES[name] ?? '' };
    await write(`secrets/acme/${name}.json`, await sealConnection({ ...sealed, fields, now: new Date() }));
  }
}

async function startService() {
  const seen = new Set<string>();
  let waiting: (() => void) | undefined;
  const server = createServer((request, response) => {
    const [, name = '', way = ''] = new URL(request.url ?? '', 'http://x').pathname.split('/');
    const { authorization = '', 'x-key': key = '' } = request.headers;
    const all = [authorization, String(key), request.url ?? ''];
    assert.ok(
      all.some((part) =>
        [...formsOf(CANARIES[name] ?? ''), basicOf(CANARIES[name] ?? '')].some((form) => part.includes(form)),
      ),
      `the credential of ${name} did not come: ${all.join(' ')}`,
    );
    seen.add(request.url ?? '');
    WAYS[way]?.(response, CANARIES[name] ?? '', all.join(' '));
    waiting?.();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    /** The next request. */
    next: () => new Promise<void>((resolve) => (waiting = resolve)),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What people do wrong: each is told, by the runner and by the commands. Gives what was said. */
async function makeMistakes(
  workspace: string,
  hook: string,
  says: (words: string) => Promise<void>,
): Promise<string[]> {
  const [, name = ''] = /hooks\/acme\/([a-z]+)/.exec(hook) ?? [];
  const secret = join(workspace, `secrets/acme/${name}.json`);
  const sealed = await readFile(secret, 'utf8');
  await writeFile(secret, sealed.replace(/"lastmodified": "\d{4}/, '"lastmodified": "2020'));
  await says('\nDeployed.');
  const refused = (await post(hook, { way: 'echo' })).text;
  assert.match(refused, /credential_not_opened/);
  await writeFile(secret, sealed);

  const file = join(workspace, 'automations/acme/account.json');
  const account = JSON.parse(await readFile(file, 'utf8')) as { connections: { [name: string]: object } };
  account.connections[name] = { connector: name, fields: { secret: CANARIES[name] } };
  await writeFile(file, JSON.stringify(account));
  await says('WB5003');
  await writeFile(secret, JSON.stringify({ acme: { [name]: { secret: CANARIES[name] } } }));
  await says('WB5005');
  const at = ['--workspace', workspace];
  const keys = ['--keys', join(workspace, '../keys.txt')];
  const results = await Promise.all([
    ...['text', 'json', 'github', 'sarif'].map((format) => waybill(['check', '--format', format, ...at])),
    waybill(['doctor', ...keys, ...at]),
    waybill(['secrets', 'get', 'acme', name, 'secret', ...keys, ...at]),
    waybill(['connect', 'acme', name, '--stdin', ...at], `{"secret": "${CANARIES[name]}`),
  ]);
  for (const { code, err } of results) assert.notEqual(code, 0, err);
  return [refused, ...results.flatMap(({ out, err }) => [out, err])];
}

/** Everything that the API says of the runs. */
async function readApi(data: string): Promise<string[]> {
  const { url, token } = JSON.parse(await readFile(join(data, 'runner.json'), 'utf8')) as {
    url: string;
    token: string;
  };
  const read = async (path: string): Promise<string> =>
    (await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).text();
  const list = await read('/runs?limit=500');
  const { runs } = JSON.parse(list) as { runs: { id: string }[] };
  assert.ok(runs.length > Object.keys(WAYS).length);
  const details = await Promise.all(runs.map(({ id }) => read(`/runs/${id}`)));
  return [list, ...details, await read('/deployments')];
}

async function post(url: string, body: { [name: string]: string }): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  text(response, status, 'application/json', JSON.stringify(body));
}

function text(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
