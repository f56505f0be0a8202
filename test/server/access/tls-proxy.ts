import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as plainRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer, request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Ask {
  method?: string;
  headers?: { [name: string]: string };
  body?: string;
  /** The address that the client comes from: any of 127.0.0.0/8 is its own. */
  from?: string;
}

export interface TlsProxy {
  url: string;
  ask: (path: string, ask?: Ask) => Promise<Answered>;
}

/** A server that does TLS and passes everything on, with the client's address added to `X-Forwarded-For`, as proxies do. */
export async function withTlsProxy(
  start: (publicUrl: string) => Promise<string>,
  use: (proxy: TlsProxy) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...names], { stdio: 'pipe' });
  const ca = readFileSync(cert);
  let target = '';
  const server = createServer({ key: readFileSync(key), cert: ca }, (incoming, outgoing) => {
    const before = incoming.headers['x-forwarded-for'];
    const chain = [...(before === undefined ? [] : [before].flat()), incoming.socket.remoteAddress ?? ''];
    const headers = { ...incoming.headers, 'x-forwarded-for': chain.join(', '), 'x-forwarded-proto': 'https' };
    const passed = plainRequest(target + incoming.url, { method: incoming.method ?? 'GET', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const ask: TlsProxy['ask'] = async (path, { method = 'GET', headers = {}, body = '', from = '127.0.0.1' } = {}) => {
    const asked = tlsRequest(url + path, { method, headers, ca, localAddress: from, family: 4, agent: false });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() };
  };
  try {
    target = await start(url);
    await use({ url, ask });
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}
