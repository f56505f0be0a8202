import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Status {
  state: string;
  context: string;
  description: string;
}

/** A stand-in for GitHub that keeps to https://docs.github.com/en/rest/commits/statuses and /rest/issues/comments. */
export interface Github {
  /** Its address. */
  api: string;
  statuses: (Status & { sha: string })[];
  comments: { id: number; body: string; user: string }[];
  calls: string[];
}

/** May do everything in `acme/flows`. */
export const RIGHT_TOKEN = 'ghp_right';
/** May read, as the token of a workflow for a pull request from a fork. */
export const READ_TOKEN = 'ghp_read';

export async function withGithub(use: (github: Github) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => void answer(github, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const github: Github = { api, statuses: [], comments: [], calls: [] };
  try {
    await use(github);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function answer(github: Github, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
  github.calls.push(`${request.method} ${pathname}`);
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  };
  const { authorization, accept } = request.headers;
  if (authorization !== `Bearer ${RIGHT_TOKEN}`) {
    if (authorization !== `Bearer ${READ_TOKEN}`) return send(401, { message: 'Bad credentials', status: '401' });
    if (request.method !== 'GET')
      return send(403, { message: 'Resource not accessible by integration', status: '403' });
  }
  assert.equal(accept, 'application/vnd.github+json');
  assert.equal(request.headers['x-github-api-version'], '2022-11-28');
  assert.ok(request.headers['user-agent'], 'GitHub refuses requests without one');
  const [, status] = /^\/repos\/acme\/flows\/statuses\/([0-9a-f]{40})$/.exec(pathname) ?? [];
  if (request.method === 'POST' && status !== undefined) {
    const body = (await json(request)) as Status;
    if (!['error', 'failure', 'pending', 'success'].includes(body.state) || body.description.length > 140)
      return send(422, { message: 'Validation Failed', errors: [{ resource: 'Status', code: 'custom' }] });
    github.statuses.push({ sha: status, ...body });
    return send(201, { id: github.statuses.length, ...body });
  }
  if (pathname === '/repos/acme/flows/issues/7/comments') {
    if (request.method === 'POST') {
      const { body } = (await json(request)) as { body: string };
      github.comments.push({ id: github.comments.length + 100, body, user: 'bot' });
      return send(201, github.comments.at(-1));
    }
    const perPage = Number(searchParams.get('per_page') ?? 30);
    const page = Number(searchParams.get('page') ?? 1);
    return send(200, github.comments.slice((page - 1) * perPage, page * perPage));
  }
  const [, comment] = /^\/repos\/acme\/flows\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
  const known = github.comments.find(({ id }) => id === Number(comment));
  if (request.method === 'PATCH' && known !== undefined) {
    known.body = ((await json(request)) as { body: string }).body;
    return send(200, known);
  }
  return send(404, { message: 'Not Found', status: '404' });
}
