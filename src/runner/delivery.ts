import type { SchemaIssue } from '../json/schema-issue.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { readBody, type ReadBody } from '../connectors/webhooks/body.ts';
import { readPart, type WebhookRequest } from '../connectors/webhooks/request.ts';
import type { Instant } from '../run/records.ts';
import type { LiveWebhook } from './live-deployment.ts';

/** A request to a webhook, as it came. */
export interface Delivery {
  account: string;
  /** Or what names the address of a connection. */
  automation: string;
  /** In capitals. */
  method: string;
  /** The address's query with its `?`, or an empty text. */
  query: string;
  /** Names in small letters. */
  headers: { [name: string]: string | string[] | undefined };
  body: Uint8Array;
  receivedAt: Instant;
}

/** What a request carried, apart from who sent it where. */
export type DeliveredRequest = Pick<Delivery, 'query' | 'headers' | 'body'>;

/** The request as signatures and handshakes look at it; `path` is that of the address that was called. */
export function webhookRequest(
  { method, query, headers, body }: Delivery,
  path: string,
  publicUrl: string | undefined,
  value: Json | undefined,
): WebhookRequest {
  const origin = publicUrl ?? `http://${[headers['host']].flat()[0] ?? ''}`;
  return { method, url: `${origin}${path}${query}`, headers, body, value };
}

/** What a webhook makes of a request: what expressions read as `trigger`, or why it is refused, with the HTTP status. */
export function takeDelivery(
  live: LiveWebhook,
  delivery: DeliveredRequest,
  read: ReadBody = readBody([delivery.headers['content-type']].flat()[0], delivery.body),
): { trigger: JsonObject } | { status: number; reason: string; issues: SchemaIssue[] } {
  if ('reason' in read) return { ...read, issues: [] };
  const trigger = triggerOf(live, delivery, read.value);
  const issues = issuesOf(live, trigger);
  return issues.length > 0 ? { status: 400, reason: describeIssues(issues, read.value), issues } : { trigger };
}

/**
 * What names the delivery, so that a repeat is known: by the trigger's `dedupe`, otherwise by the scheme's delivery id.
 * An empty text names nothing. Throws `EvaluationError` where `dedupe` has no value.
 */
export function nameOf(
  { webhook, dedupe }: LiveWebhook,
  request: WebhookRequest,
  trigger: JsonObject,
): string | undefined {
  if (dedupe !== undefined) {
    const value = dedupe({ trigger });
    // A number with its digits; the compiler has proved that there is nothing else.
    const name = typeof value === 'string' ? value : JSON.stringify(value);
    return name === '' ? undefined : name;
  }
  const part = webhook.verify === 'none' ? undefined : webhook.verify.scheme.delivery_id;
  return part === undefined ? undefined : readPart(part, request)[0];
}

/** What expressions read as `trigger`: of query and headers only what the trigger declares. */
function triggerOf({ webhook }: LiveWebhook, { query, headers }: DeliveredRequest, body: Json): JsonObject {
  return {
    body,
    ...(webhook.query === undefined ? {} : { query: declared(webhook.query, parametersOf(query)) }),
    ...(webhook.headers === undefined ? {} : { headers: declared(webhook.headers, headers) }),
  };
}

/** In what the trigger does not fit its schemas. */
function issuesOf({ body, query, headers }: LiveWebhook, trigger: JsonObject): SchemaIssue[] {
  return [
    ...within('body', body(trigger['body'] ?? null)),
    ...within('query', query?.(trigger['query'] ?? {}) ?? []),
    ...within('headers', headers?.(trigger['headers'] ?? {}) ?? []),
  ];
}

/** `the body lacks the property \`text\`; it has \`message\``. */
function describeIssues(issues: readonly SchemaIssue[], body: Json): string {
  const words = issues.map(({ pointer, message }) => `the ${pointer.slice(1).replaceAll('/', '.')} ${message}`);
  const lacking = issues.some(({ pointer, keyword }) => pointer === '/body' && keyword === 'required');
  if (lacking && isJsonObject(body)) {
    const names = Object.keys(body).map((name) => `\`${name}\``);
    words.push(`it has ${names.join(', ') || 'nothing'}`);
  }
  return words.join('; ');
}

function declared(schema: JsonObject, given: Delivery['headers']): JsonObject {
  const names = isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}

/** A name that comes several times gives a list. */
function parametersOf(query: string): Delivery['headers'] {
  const parameters = new URLSearchParams(query);
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function within(part: string, issues: SchemaIssue[]): SchemaIssue[] {
  return issues.map((issue) => ({ ...issue, pointer: `/${part}${issue.pointer}` }));
}
