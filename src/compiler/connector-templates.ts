import type {
  Action,
  Auth,
  AuthorizationCodeAuth,
  ClientCredentialsAuth,
  ConnectionSpec,
  Connector,
  ConnectorTrigger,
  EventWebhook,
  Pagination,
  Poll,
  RequestsBefore,
  Subscription,
  SubscriptionList,
} from '../generated/connector.ts';
import type { PointerToken } from '../json/pointer.ts';
import { isJsonObject, type Json } from '../json/value.ts';
import { typeFromSchema } from '../language/schema-type.ts';
import { hasExpression } from '../language/template.ts';
import { INTEGER, STRING, UNKNOWN, type Type } from '../language/types.ts';

/** A text of a connector in which expressions stand. */
export interface ConnectorTemplate {
  path: PointerToken[];
  text: string;
  /** What its expressions can see. */
  roots: ReadonlyMap<string, Type>;
  /** Secret fields may stand here. */
  secrets: boolean;
  /** What consent or an exchange tells may stand here: it is evaluated for a call. */
  captured: boolean;
}

/** Every text of a connector with expressions, each with what it can see when it is evaluated. */
export function* connectorTemplates(connector: Connector): Generator<ConnectorTemplate> {
  const {
    connection,
    answers,
    limits,
    actions,
    triggers = {},
    subscriptions = {},
    webhook_schemes: schemes,
  } = connector;
  if (connection !== undefined) yield* ofConnection(connection);
  yield* texts(answers, ['answers'], { response: RESPONSE });
  yield* texts(limits, ['limits'], { connection: UNKNOWN });
  for (const [name, action] of Object.entries(actions)) yield* ofAction(action, ['actions', name]);
  for (const [name, trigger] of Object.entries(triggers)) yield* ofTrigger(trigger, ['triggers', name]);
  for (const [name, subscription] of Object.entries(subscriptions))
    yield* ofSubscription(subscription, ['subscriptions', name]);
  yield* texts(schemes, ['webhook_schemes'], { connection: UNKNOWN, ...DELIVERED, signature: STRING });
}

const SECRETS = { secrets: true };
const IN_CALL = { captured: true };

/** What is known of any answer. */
const RESPONSE: Type = closed({
  status: INTEGER,
  headers: { kind: 'object', properties: new Map(), additional: STRING },
  body: UNKNOWN,
});
/** A request before its credential is put in. */
const REQUEST: Type = closed({
  method: STRING,
  url: STRING,
  host: STRING,
  path: STRING,
  query: STRING,
  target: STRING,
  body: STRING,
});
const PAGES: { [type: string]: Type } = {
  cursor: closed({ cursor: UNKNOWN }),
  page: closed({ number: INTEGER, offset: INTEGER }),
  offset: closed({ number: INTEGER, offset: INTEGER }),
  link: closed({}),
};
/** Of a request that a service sends. */
const DELIVERED = { body: UNKNOWN, query: UNKNOWN, headers: UNKNOWN };
const ITEMS: Type = { kind: 'array', items: UNKNOWN };

function* ofConnection({
  base_url,
  hosts,
  headers,
  query,
  derived,
  auth,
  test,
}: ConnectionSpec): Generator<ConnectorTemplate> {
  const path = ['connection'];
  yield* texts({ hosts }, path, { connection: UNKNOWN });
  yield* texts({ base_url, headers, query }, path, { connection: UNKNOWN }, IN_CALL);
  const made = { derived: closed(Object.fromEntries(Object.keys(derived ?? {}).map((name) => [name, UNKNOWN]))) };
  const known = { connection: UNKNOWN, request: REQUEST, ...made };
  yield* texts(derived, [...path, 'derived'], known, { ...SECRETS, ...IN_CALL });
  for (const way of placedWays(auth)) yield* ofAuth(way.auth, way.path, made);
  if (test === undefined) return;
  const { request, ...reading } = test;
  yield* texts(request, [...path, 'test', 'request'], { connection: UNKNOWN }, IN_CALL);
  yield* texts(reading, [...path, 'test'], { response: RESPONSE, connection: UNKNOWN }, IN_CALL);
}

/** The ways of auth, each with its place in the connector's file. */
export function placedWays(ways: ConnectionSpec['auth']): { auth: Auth; path: PointerToken[] }[] {
  const path = ['connection', 'auth'];
  if (Array.isArray(ways)) return ways.map(({ auth }, index) => ({ auth, path: [...path, index, 'auth'] }));
  return ways === undefined ? [] : [{ auth: ways, path }];
}

function* ofAuth(auth: Auth, path: PointerToken[], made: { derived: Type }): Generator<ConnectorTemplate> {
  const roots = { connection: UNKNOWN, ...made };
  if (auth.type === 'oauth2') return yield* ofOAuth(auth, path, made);
  if (auth.type !== 'token_exchange') return yield* texts(auth, path, roots, SECRETS);
  const { given, before = [], request, token, expires_in, captures, use } = auth;
  yield* texts({ given }, path, roots, SECRETS);
  yield* ofBefore(before, path, roots, SECRETS);
  yield* texts(request, [...path, 'request'], { ...roots, ...answersOf(before) }, SECRETS);
  yield* texts({ token, expires_in }, path, { ...roots, response: RESPONSE }, SECRETS);
  yield* texts(captures, [...path, 'captures'], { connection: UNKNOWN, response: RESPONSE });
  yield* texts(use, [...path, 'use'], { ...roots, token: STRING }, { ...SECRETS, ...IN_CALL });
}

function* ofOAuth(
  auth: AuthorizationCodeAuth | ClientCredentialsAuth,
  path: PointerToken[],
  made: { derived: Type },
): Generator<ConnectorTemplate> {
  const roots = { connection: UNKNOWN };
  const { answer, use, ...asked } = auth;
  const entries = Object.entries(asked).filter(([name]) => name !== 'captures');
  for (const [name, part] of entries) {
    const known = { secrets: !SHOWN_BY_BROWSERS.has(name), captured: AFTER_CONSENT.has(name) };
    yield* texts({ [name]: part }, path, roots, known);
  }
  yield* texts(answer, [...path, 'answer'], { response: RESPONSE });
  const captures = auth.grant === 'authorization_code' ? auth.captures : undefined;
  yield* texts(captures, [...path, 'captures'], { callback: UNKNOWN, response: RESPONSE });
  yield* texts(use, [...path, 'use'], { ...roots, ...made, token: STRING }, { ...SECRETS, ...IN_CALL });
}

/** Parts of an address that a browser opens: nothing secret stands there. */
const SHOWN_BY_BROWSERS = new Set(['authorize_url', 'authorize_params', 'issuer']);
const AFTER_CONSENT = new Set(['refresh_url', 'refresh_params', 'revoke_url']);

function* ofBefore(
  before: RequestsBefore,
  path: PointerToken[],
  roots: { [name: string]: Type },
  known: { secrets?: boolean; captured?: boolean },
): Generator<ConnectorTemplate> {
  for (const [index, { request, success }] of before.entries()) {
    const place = [...path, 'before', index];
    yield* texts(request, [...place, 'request'], { ...roots, ...answersOf(before.slice(0, index)) }, known);
    yield* texts(success, [...place, 'success'], { response: RESPONSE });
  }
}

/** What is known of the answers to requests that come before. */
function answersOf(before: RequestsBefore): { before: Type } {
  return { before: closed(Object.fromEntries(before.map(({ name }) => [name, RESPONSE]))) };
}

function* ofAction(action: Action, path: PointerToken[]): Generator<ConnectorTemplate> {
  const { before = [], request, response, pagination, idempotency, errors, limits, choices = {} } = action;
  const input = typeFromSchema(action.input);
  const key = idempotency === undefined ? {} : { idempotency: closed({ key: STRING }) };
  const asked = { input, connection: UNKNOWN };
  yield* ofBefore(before, path, asked, IN_CALL);
  yield* texts(
    request,
    [...path, 'request'],
    { ...asked, ...pageOf(pagination), ...key, ...answersOf(before) },
    IN_CALL,
  );
  const items = pagination === undefined ? {} : { items: ITEMS, more: { kind: 'boolean' as const } };
  const answered = { response: RESPONSE, input, connection: UNKNOWN, ...items };
  yield* texts(response, [...path, 'response'], answered, IN_CALL);
  if (pagination !== undefined) yield* ofPagination(pagination, input, [...path, 'pagination']);
  yield* texts(errors, [...path, 'errors'], { response: RESPONSE });
  yield* texts({ shared_by: limits?.shared_by }, [...path, 'limits'], { connection: UNKNOWN });
  yield* texts(limits?.requests, [...path, 'limits', 'requests'], { input });
  for (const [field, { with: given, items: list, value, label }] of Object.entries(choices)) {
    const place = [...path, 'choices', field];
    yield* texts({ with: given }, place, { input });
    yield* texts({ items: list }, place, { output: UNKNOWN });
    yield* texts({ value, label }, place, { item: UNKNOWN });
  }
}

function* ofTrigger(
  { poll, webhook, input = {} }: ConnectorTrigger,
  path: PointerToken[],
): Generator<ConnectorTemplate> {
  if (poll !== undefined) yield* ofPoll(poll, [...path, 'poll']);
  if (webhook !== undefined) yield* ofWebhook(webhook, typeFromSchema(input), [...path, 'webhook']);
}

function* ofWebhook(
  { items, when, event, id }: EventWebhook,
  input: Type,
  path: PointerToken[],
): Generator<ConnectorTemplate> {
  const asked = { input, connection: UNKNOWN };
  yield* texts({ items }, path, { body: UNKNOWN });
  const item = items === undefined ? {} : { item: UNKNOWN };
  yield* texts({ when, event, id }, path, { ...asked, ...DELIVERED, ...item });
}

function* ofSubscription(
  { key, secret, create, update, renew, delete: end, list }: Subscription,
  path: PointerToken[],
): Generator<ConnectorTemplate> {
  const asked = { input: UNKNOWN, connection: UNKNOWN };
  yield* texts({ key }, path, { ...asked, events: { kind: 'array', items: STRING } });
  if (typeof secret === 'object') yield* texts(secret, [...path, 'secret'], { response: RESPONSE });
  const known = { url: STRING, events: { kind: 'array', items: STRING } as const, key: STRING, until: STRING };
  const begun = { ...known, ...(secret === 'minted' ? { secret: STRING } : {}) };
  for (const [part, change] of Object.entries({ create, update, renew, delete: end })) {
    if (change === undefined) continue;
    const { request, ...reading } = change;
    const subscription = closed(part === 'create' ? begun : { ...begun, id: STRING });
    yield* texts(request, [...path, part, 'request'], { ...asked, subscription }, IN_CALL);
    yield* texts(reading, [...path, part], { response: RESPONSE });
  }
  if (list === undefined) return;
  yield* ofSubscriptionList(list, { ...asked, subscription: closed(begun) }, [...path, 'list']);
}

function* ofSubscriptionList(
  { request, pagination, errors, items, id, url, when }: SubscriptionList,
  asked: { [name: string]: Type },
  path: PointerToken[],
): Generator<ConnectorTemplate> {
  yield* texts(request, [...path, 'request'], { ...asked, ...pageOf(pagination) }, IN_CALL);
  if (pagination !== undefined) yield* ofPagination(pagination, UNKNOWN, [...path, 'pagination']);
  const found = pagination === undefined ? {} : { items: ITEMS };
  yield* texts({ errors }, path, { response: RESPONSE });
  yield* texts({ items }, path, { response: RESPONSE, ...found });
  yield* texts({ id, url, when }, path, { item: UNKNOWN, subscription: asked['subscription'] ?? UNKNOWN });
}

function* ofPagination(
  { max_items, ...reading }: Pagination,
  input: Type,
  path: PointerToken[],
): Generator<ConnectorTemplate> {
  yield* texts(reading, path, { response: RESPONSE });
  yield* texts({ max_items }, path, { input });
}

/** What the request for a page knows of it. */
function pageOf(pagination: Pagination | undefined): { page?: Type } {
  return pagination === undefined ? {} : { page: PAGES[pagination.type] ?? UNKNOWN };
}

function* ofPoll(
  { request, errors, items, next, key, event, cursor }: Poll,
  path: PointerToken[],
): Generator<ConnectorTemplate> {
  // Besides what the automation gives, `input` has `cursor` and `page`.
  const asked = { input: UNKNOWN, connection: UNKNOWN };
  yield* texts(request, [...path, 'request'], asked, IN_CALL);
  yield* texts({ errors }, path, { response: RESPONSE });
  yield* texts({ items, next }, path, { ...asked, response: RESPONSE });
  yield* texts({ key, event }, path, { item: UNKNOWN });
  yield* texts({ item: cursor?.item }, [...path, 'cursor'], { item: UNKNOWN });
  yield* texts({ response: cursor?.response }, [...path, 'cursor'], { ...asked, response: RESPONSE });
}

/** The texts with expressions in a part of a connector: JSON, with `undefined` for what is left out. */
function* texts(
  part: object | string | undefined,
  path: PointerToken[],
  roots: { [name: string]: Type },
  { secrets = false, captured = false }: { secrets?: boolean; captured?: boolean } = {},
): Generator<ConnectorTemplate> {
  const known = new Map(Object.entries(roots));
  for (const [place, text] of stringsIn(part as Json | undefined, path))
    if (hasExpression(text)) yield { path: place, text, roots: known, secrets, captured };
}

function* stringsIn(value: Json | undefined, path: PointerToken[]): Generator<[PointerToken[], string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* stringsIn(item, [...path, index]);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* stringsIn(item, [...path, key]);
}

function closed(properties: { [name: string]: Type }): Type {
  const entries = Object.entries(properties).map(([name, type]) => [name, { type, required: true }] as const);
  return { kind: 'object', properties: new Map(entries), additional: false };
}
