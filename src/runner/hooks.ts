import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { parseJson } from '../json/parse.ts';
import type { SchemaIssue } from '../json/schema-issue.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { RunRecord } from '../run/records.ts';
import type { Store } from '../store/store.ts';
import type { LiveDeployment, LiveWebhook } from './live-deployment.ts';

/** A request to a webhook, as it came. */
export interface Delivery {
  account: string;
  automation: string;
  secret: string;
  contentType: string | undefined;
  body: string;
  query: { [name: string]: string | string[] | undefined };
  headers: { [name: string]: string | string[] | undefined };
}

/** What becomes of a delivery. */
export type DeliveryResult =
  | { kind: 'unknown' }
  | { kind: 'stopping' }
  | { kind: 'refused'; status: number; reason: string; issues: SchemaIssue[] }
  | { kind: 'accepted'; run: RunRecord; respond: 'accepted' | 'finished' };

/** Characters of a refused body that are kept. */
const MAX_KEPT = 64 * 1024;

/** Takes deliveries: only what fits becomes a run, and it is on disk before anyone is told. */
export class Hooks {
  private readonly store: Store;
  private readonly engine: Engine;
  private readonly live: () => LiveDeployment;
  private stopped = false;

  constructor(store: Store, engine: Engine, live: () => LiveDeployment) {
    this.store = store;
    this.engine = engine;
    this.live = live;
  }

  /** From now on senders are asked to come again. */
  stop(): void {
    this.stopped = true;
  }

  async deliver(delivery: Delivery): Promise<DeliveryResult> {
    if (this.stopped) return { kind: 'stopping' };
    const { account, automation } = delivery;
    const target = this.live().get(`${account}/${automation}`);
    if (target?.trigger.kind !== 'webhook' || !sameSecret(target.trigger.secret, delivery.secret))
      return { kind: 'unknown' };
    const taken = takeDelivery(target.trigger, delivery);
    if ('reason' in taken) return this.refuse(delivery, taken.status, taken.reason, taken.issues);
    const { trigger } = taken;
    const run = await this.engine.start({ account, automation, plan: target.digest, trigger });
    return { kind: 'accepted', run, respond: target.trigger.webhook.respond };
  }

  /** Refused deliveries are kept with the reason: what a sender got wrong is found in the history. */
  private async refuse(
    { account, automation, body }: Delivery,
    status: number,
    reason: string,
    issues: SchemaIssue[],
  ): Promise<DeliveryResult> {
    const kept = body.slice(0, MAX_KEPT);
    await this.store.refusals.insert({
      id: randomUUID(),
      account,
      automation,
      receivedAt: Date.now(),
      status,
      reason,
      body: kept,
    });
    return { kind: 'refused', status, reason, issues };
  }
}

/** What a request to a webhook carried. */
export type DeliveredRequest = Pick<Delivery, 'contentType' | 'body' | 'query' | 'headers'>;

/** What a webhook makes of a request: what expressions read as `trigger`, or why it is refused. */
export function takeDelivery(
  webhook: LiveWebhook,
  request: DeliveredRequest,
): { trigger: JsonObject } | { status: number; reason: string; issues: SchemaIssue[] } {
  const read = readBody(request.contentType, request.body);
  if ('reason' in read) return { ...read, issues: [] };
  const trigger = triggerOf(webhook, request, read.value);
  const issues = issuesOf(webhook, trigger);
  return issues.length > 0 ? { status: 400, reason: describe(issues, read.value), issues } : { trigger };
}

function sameSecret(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function readBody(contentType: string | undefined, text: string): { value: Json } | { status: number; reason: string } {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? 'application/json';
  if (type === 'application/x-www-form-urlencoded') return { value: formFields(text) };
  if (type !== 'application/json' && !type.endsWith('+json')) {
    return {
      status: 415,
      reason: `the content type ${type} is not taken: send application/json or application/x-www-form-urlencoded`,
    };
  }
  try {
    return { value: parseJson(text) };
  } catch (error) {
    return { status: 400, reason: `the body is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** A name that comes several times gives a list. */
function formFields(text: string): JsonObject {
  const parameters = new URLSearchParams(text);
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

/** What expressions read as `trigger`: of query and headers only what the trigger declares. */
function triggerOf({ webhook }: LiveWebhook, { query, headers }: DeliveredRequest, body: Json): JsonObject {
  return {
    body,
    ...(webhook.query === undefined ? {} : { query: declared(webhook.query, query) }),
    ...(webhook.headers === undefined ? {} : { headers: declared(webhook.headers, headers) }),
  };
}

function declared(schema: JsonObject, given: Delivery['query']): JsonObject {
  const names = isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}

function issuesOf({ body, query, headers }: LiveWebhook, trigger: JsonObject): SchemaIssue[] {
  return [
    ...within('body', body(trigger['body'] ?? null)),
    ...within('query', query?.(trigger['query'] ?? {}) ?? []),
    ...within('headers', headers?.(trigger['headers'] ?? {}) ?? []),
  ];
}

function within(part: string, issues: SchemaIssue[]): SchemaIssue[] {
  return issues.map((issue) => ({ ...issue, pointer: `/${part}${issue.pointer}` }));
}

/** `the body lacks the property \`text\`; it has \`message\``. */
function describe(issues: readonly SchemaIssue[], body: Json): string {
  const words = issues.map(({ pointer, message }) => `the ${pointer.slice(1).replaceAll('/', '.')} ${message}`);
  const lacking = issues.some(({ pointer, keyword }) => pointer === '/body' && keyword === 'required');
  if (lacking && isJsonObject(body))
    words.push(
      `it has ${
        Object.keys(body)
          .map((name) => `\`${name}\``)
          .join(', ') || 'nothing'
      }`,
    );
  return words.join('; ');
}
