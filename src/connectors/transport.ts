import { Agent, request as send, type Dispatcher } from 'undici';
import type { ActionCall } from './action-call.ts';
import { PrivateAddressError, publicConnector, type Resolve } from './address-guard.ts';
import { CallFailure, permanent } from './call-failure.ts';
import { failureOfNetwork } from './failures.ts';
import { hostAllowed } from './hosts.ts';
import { ENCODINGS, MAX_ANSWER, readBounded } from './http-body.ts';
import { encodeBody } from './request-body.ts';
import type { BuiltRequest } from './request.ts';

export interface TransportOptions {
  /** Service to the address that stands in for it, on the operator's word. */
  reroutes: ReadonlyMap<string, string>;
  /** Hosts, names or addresses, that may be private and need no https, on the operator's word. */
  allowPrivate?: ReadonlySet<string>;
  /** Carries all requests (default: connections of its own). */
  dispatcher?: Dispatcher;
  /** How names become addresses; the system's way where it is left out. */
  resolve?: Resolve;
}

/** Puts a credential into a request whose host it may be sent to. */
export type Authorize = (request: BuiltRequest) => void | Promise<void>;

/** An answer as it came, unpacked. */
export interface RawAnswer {
  status: number;
  headers: { [name: string]: string };
  body: Buffer;
}

/** One request of the chain that redirects make. */
interface Hop extends BuiltRequest {
  /** The credential may go along. */
  trusted: boolean;
}

const MAX_REDIRECTS = 5;
const BOUNDS = { headersTimeout: 300_000, bodyTimeout: 60_000, maxResponseSize: MAX_ANSWER };
const CONNECT = { timeout: 10_000 };

/** Sends requests: where they may go, over connections that are kept open and shared. */
export class Transport {
  private readonly publicAgent: Agent;
  /** For what the operator lists. */
  private readonly listedAgent = new Agent({ ...BOUNDS, connect: CONNECT });
  private readonly options: TransportOptions;

  constructor(options: TransportOptions) {
    this.options = options;
    this.publicAgent = new Agent({ ...BOUNDS, connect: publicConnector(CONNECT, options.resolve) });
  }

  /**
   * Sends a request for a call and follows redirects. `authorize` puts the credential in, and is asked only where it may
   * be sent. Throws `CallFailure`.
   */
  async send(call: ActionCall, request: BuiltRequest, authorize: Authorize): Promise<RawAnswer> {
    const first = this.refusal(call, request.url);
    if (first !== undefined) throw first;
    let hop: Hop = { ...request, trusted: true };
    for (let redirects = 0; ; redirects++) {
      const answer = await this.exchange(call, hop, authorize);
      const location = REDIRECTS.has(answer.status) ? answer.headers['location'] : undefined;
      if (location === undefined) return answer;
      if (redirects === MAX_REDIRECTS)
        throw permanent('redirected', `${call.connector.title} redirected more than ${MAX_REDIRECTS} times`);
      hop = this.redirect(call, hop, answer.status, location);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.publicAgent.close(), this.listedAgent.close()]);
  }

  private async exchange(call: ActionCall, hop: Hop, authorize: Authorize): Promise<RawAnswer> {
    const { method, trusted } = hop;
    const target: BuiltRequest = { ...hop, url: new URL(hop.url), headers: { ...hop.headers } };
    if (trusted) await authorize(target);
    const body = target.body === undefined ? undefined : encodeBody(target.body);
    const type = body?.type === undefined ? {} : { 'content-type': body.type };
    const reroute = trusted ? this.options.reroutes.get(call.service) : undefined;
    const url = reroute === undefined ? target.url : new URL(target.url.pathname + target.url.search, reroute);
    const listed = reroute !== undefined || this.isListed(url);
    try {
      const response = await send(url, {
        method,
        headers: { ...STANDARD_HEADERS, ...type, ...target.headers },
        signal: call.signal,
        dispatcher: this.options.dispatcher ?? (listed ? this.listedAgent : this.publicAgent),
        ...(body === undefined ? {} : { body: body.content }),
      });
      const headers = textsOf(response.headers);
      return {
        status: response.statusCode,
        headers,
        body: await readBounded(response.body, method === 'HEAD' ? undefined : headers['content-encoding']),
      };
    } catch (error) {
      if (error instanceof PrivateAddressError) throw privateAddress(error);
      throw new CallFailure(failureOfNetwork(call, call.signal.aborted ? call.signal.reason : error));
    }
  }

  /** The next request, as RFC 9110 §15.4 has it. The credential goes along only to hosts that it may go to. */
  private redirect(call: ActionCall, hop: Hop, status: number, location: string): Hop {
    const url = this.locationOf(call, hop, location);
    const asGet = status === 303 ? hop.method !== 'HEAD' : hop.method === 'POST' && (status === 301 || status === 302);
    const { body, headers, ...rest } = hop;
    const method = asGet ? 'GET' : hop.method;
    const kept = asGet || body === undefined ? withoutContent(headers) : headers;
    const next = { ...rest, method, url, headers: kept, ...(asGet || body === undefined ? {} : { body }) };
    const refusal = this.refusal(call, url);
    const sameHost = call.connection !== undefined || url.host === hop.url.host;
    if (refusal === undefined && hop.trusted && sameHost) return { ...next, trusted: true };
    if (url.protocol !== 'https:' && !this.isListed(url)) throw notHttps(url);
    if (method !== 'GET' && method !== 'HEAD')
      throw permanent(
        'host_not_allowed',
        `${call.connector.title} redirected the request, with its data, to ${url.host}`,
        'if it is right, allow this host for the connection',
      );
    // Such as a file that lies elsewhere: nothing of the account's goes along.
    return { method, url, headers: {}, trusted: false };
  }

  /** A stand-in that sends to itself means the service that it stands for. */
  private locationOf(call: ActionCall, hop: Hop, location: string): URL {
    const reroute = hop.trusted ? this.options.reroutes.get(call.service) : undefined;
    const base = reroute === undefined ? hop.url : new URL(hop.url.pathname + hop.url.search, reroute);
    if (!URL.canParse(location, base.href))
      throw permanent('redirected', `${call.connector.title} redirected to what is no address`);
    const url = new URL(location, base);
    if (reroute !== undefined && url.origin === new URL(reroute).origin)
      return new URL(url.pathname + url.search, hop.url);
    return url;
  }

  /** Why the request must not go there with the connection's credential, if so. */
  private refusal(call: ActionCall, url: URL): CallFailure | undefined {
    const { account, connection, service } = call;
    if (url.protocol !== 'https:' && !this.options.reroutes.has(service) && !this.isListed(url)) return notHttps(url);
    if (connection === undefined) return undefined;
    const { name, plan, credential } = connection;
    if (!hostAllowed(url.hostname, plan.hosts)) {
      return permanent(
        'host_not_allowed',
        `the connection ${name} of account ${account} does not allow the host ${url.hostname}`,
        `allowed: ${plan.hosts.join(', ')}; change it in automations/${account}/account.json`,
      );
    }
    if (Object.keys(credential.fields).length > 0 && !hostAllowed(url.hostname, credential.hosts)) {
      return permanent(
        'host_not_sealed',
        `the credential of ${name} may not be sent to ${url.hostname}`,
        `it was sealed for ${credential.hosts.join(', ')}; if the new host is right: waybill connect ${account} ${name} --web`,
      );
    }
    return undefined;
  }

  private isListed({ hostname }: URL): boolean {
    return this.options.allowPrivate?.has(hostname.replace(/^\[|\]$/g, '')) === true;
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

const STANDARD_HEADERS = {
  'user-agent': 'waybill',
  accept: 'application/json, */*;q=0.5',
  'accept-encoding': ENCODINGS,
};

/** A header that comes several times is one list (RFC 9110 §5.2). */
function textsOf(headers: { [name: string]: string | string[] | undefined }): { [name: string]: string } {
  const texts: { [name: string]: string } = {};
  for (const [name, value = ''] of Object.entries(headers))
    texts[name] = typeof value === 'string' ? value : value.join(', ');
  return texts;
}

function withoutContent(headers: { [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}

function notHttps(url: URL): CallFailure {
  return permanent('not_https', `the address ${url.origin} is not https`, 'use an https address');
}

function privateAddress({ message, host }: PrivateAddressError): CallFailure {
  return permanent(
    'private_address',
    `${message}: calls do not go to private addresses`,
    `if the runner may call it, its operator lists it: --allow-private ${host}`,
  );
}
