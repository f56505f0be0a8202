import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the stand-in treats one request. */
export type StandInFault =
  | { kind: 'error'; status: number; type: string; message: string; headers?: { [name: string]: string } }
  | { kind: 'hang' }
  | { kind: 'cut' }
  | { kind: 'html' };

export interface AnthropicStandIn {
  url: string;
  /** The bodies of the requests that came, in order. */
  requests: unknown[];
  /** The next requests are treated so, in order. */
  fail(...faults: StandInFault[]): void;
  close(): Promise<void>;
}

/**
 * A local server that keeps to the Messages API as Anthropic documents it (docs.anthropic.com/en/api/messages,
 * /models-list and /errors): headers, validation, errors, usage. Its "summary" is the first sentence of the prompt.
 */
export async function startAnthropicStandIn(options: { apiKey: string }): Promise<AnthropicStandIn> {
  const requests: unknown[] = [];
  const faults: StandInFault[] = [];
  const server = createServer(
    (request, response) => void answer(request, response, { requests, faults, apiKey: options.apiKey }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    fail: (...next) => faults.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface State {
  requests: unknown[];
  faults: StandInFault[];
  apiKey: string;
}

interface MessagesRequest {
  model?: unknown;
  max_tokens?: unknown;
  messages?: { role?: unknown; content?: unknown }[];
}

async function answer(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const id = `req_${String(state.requests.length + 1).padStart(24, '0')}`;
  response.setHeader('request-id', id);
  const fail = (status: number, type: string, message: string): void =>
    send(response, status, { type: 'error', error: { type, message }, request_id: id });
  const fault = state.faults.shift();
  if (fault !== undefined) return misbehave(fault, response, fail);
  const [path] = (request.url ?? '').split('?');
  const lists = request.method === 'GET' && path === '/v1/models';
  if (!lists && (request.method !== 'POST' || path !== '/v1/messages'))
    return fail(404, 'not_found_error', 'Not found');
  if (request.headers['x-api-key'] !== state.apiKey) return fail(401, 'authentication_error', 'invalid x-api-key');
  if (request.headers['anthropic-version'] === undefined)
    return fail(400, 'invalid_request_error', 'anthropic-version: header is required');
  if (lists) return send(response, 200, MODELS);
  const body = parse(text);
  const problem = problemOf(body);
  if (body === undefined || problem !== undefined)
    return fail(400, 'invalid_request_error', problem ?? 'The request body is not valid JSON');
  state.requests.push(body);
  return send(response, 200, message(body, text.length));
}

function misbehave(
  fault: StandInFault,
  response: ServerResponse,
  fail: (status: number, type: string, message: string) => void,
): void {
  switch (fault.kind) {
    case 'error':
      for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
      fail(fault.status, fault.type, fault.message);
      return;
    case 'hang':
      return;
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"id":"msg_');
      setTimeout(() => response.destroy(), 10);
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please log in</body></html>');
  }
}

/** As docs.anthropic.com/en/api/models-list has it. */
const MODELS = {
  data: [
    { type: 'model', id: 'claude-sonnet-4-5', display_name: 'Claude Sonnet 4.5', created_at: '2025-09-29T00:00:00Z' },
    { type: 'model', id: 'claude-haiku-4-5', display_name: 'Claude Haiku 4.5', created_at: '2025-10-15T00:00:00Z' },
  ],
  has_more: false,
  first_id: 'claude-sonnet-4-5',
  last_id: 'claude-haiku-4-5',
};

function parse(text: string): MessagesRequest | undefined {
  try {
    return JSON.parse(text) as MessagesRequest;
  } catch {
    return undefined;
  }
}

function problemOf(body: MessagesRequest | undefined): string | undefined {
  if (typeof body?.model !== 'string') return 'model: Field required';
  if (typeof body.max_tokens !== 'number' || body.max_tokens < 1) return 'max_tokens: Field required';
  if (!Array.isArray(body.messages) || body.messages.length === 0) return 'messages: at least one message is required';
  return body.messages[0]?.role === 'user' ? undefined : 'messages: first message must use the "user" role';
}

function message(body: MessagesRequest, length: number): object {
  const prompt = String(body.messages?.at(-1)?.content);
  const [sentence = ''] = prompt.split(/(?<=[.!?])\s/);
  const text = sentence.length > 120 ? `${sentence.slice(0, 119)}…` : sentence;
  return {
    id: 'msg_01StandIn00000000000000',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: Math.ceil(length / 4), output_tokens: Math.ceil(text.length / 4) },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
