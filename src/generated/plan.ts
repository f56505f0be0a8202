// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

import type { Json, JsonObject } from '../json/value.ts'

/**
 * What starts a run.
 */
export type PlanTrigger = WebhookTrigger | ScheduleTrigger | PollTrigger | EventTrigger | ManualTrigger;
/**
 * How lists are written in queries and forms: a=1&a=2, a[]=1&a[]=2, a[0]=1&a[1]=2, or a=1,2.
 */
export type Lists = "repeat" | "brackets" | "indices" | "comma";
/**
 * How failures are to be read; the first that fits counts. What none fits goes by its status.
 */
export type ErrorRules = ErrorRule[];
/**
 * The answer comes in pages, each a request of its own in the same attempt. Its items are items in the output's template; more is true where the service has further ones than were fetched.
 */
export type Pagination = CursorPagination | NumberPagination | LinkPagination;
export type PlanStep =
  ActionStep | CallStep | WaitStep | SetStep | SwitchStep | ForEachStep | BranchesStep | StopStep | FailStep;
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps1 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps2 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps3 = PlanStep[];
export type PlanWait = DurationWait | InstantWait | WindowWait | ApprovalWait | EventWait;
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps4 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps5 = PlanStep[];
export type PlanSteps6 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps7 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps8 = PlanStep[];
/**
 * The steps in order.
 */
export type PlanSteps = PlanStep[];
/**
 * Bytes: those of a text in UTF-8, those that a text writes in hex or base64, or several after one another.
 */
export type Bytes = WrittenBytes | WrittenBytes[];
export type WrittenBytes =
  | string
  | {
      hex?: string;
      base64?: string;
    };
/**
 * How the credential goes into a request; a list where a connection can have one of several kinds of credential: the first whose condition is met serves.
 */
export type AuthWays = Auth | AuthWay[];
/**
 * How the credential goes into a request. Here alone ${{ connection.<field> }} may stand for a secret field; what needs a field that the connection does not have is left out.
 */
export type Auth =
  ApiKeyAuth | BearerAuth | BasicAuth | CustomAuth | TokenExchangeAuth | AuthorizationCodeAuth | ClientCredentialsAuth;
/**
 * Requests that come first in every attempt, in order: they prepare and change nothing that anyone notices. Those that follow read their answers as ${{ before.<name>.body }}.
 */
export type RequestsBefore = RequestBefore[];
/**
 * Statuses by which the service says that it does not take the token any more; the request is made once more with a new one.
 */
export type RefreshOn = number[];
/**
 * How the token goes into requests, where ${{ token }} stands for it. Without it: Authorization: Bearer.
 */
export type TokenUse = ApiKeyAuth | BearerAuth | BasicAuth | CustomAuth;
/**
 * Rights that are asked for in any case; those of actions and triggers in use are added.
 */
export type Scopes = string[];
/**
 * Rights that are asked for in any case; those of actions and triggers in use are added.
 */
export type Scopes1 = string[];

/**
 * The compiled form of one automation for one account: all that the engine needs and all that a reviewer wants to know. Written as canonical JSON (RFC 8785) and named by its SHA-256 digest.
 */
export interface Plan {
  /**
   * The version of this format.
   */
  format: 1;
  /**
   * The account that it runs for.
   */
  account: string;
  /**
   * The automation's file name without .json.
   */
  automation: string;
  /**
   * What the automation does.
   */
  name: string;
  context: AccountContext;
  /**
   * It is one of automations/shared, which the account installs.
   */
  shared?: true;
  /**
   * What expressions read as settings: what the account sets, and the defaults.
   */
  settings?: JsonObject;
  trigger: PlanTrigger;
  concurrency?: PlanConcurrency;
  steps: PlanSteps;
  /**
   * Template of what the run gives back.
   */
  output?: Json;
  /**
   * The mappings of output.
   */
  output_mappings?: Mapping[];
  /**
   * The connections that it uses, by name.
   */
  connections: {
    [k: string]: PlanConnection;
  };
  /**
   * The lookup tables that it uses, by name: a run reads what was deployed.
   */
  tables?: {
    [k: string]: PlanTable;
  };
  /**
   * The parts of the connectors that it uses, by connector.
   */
  connectors: {
    [k: string]: PlanConnector;
  };
}
/**
 * What expressions read as account.
 */
export interface AccountContext {
  name: string;
  timezone: string;
  locale: string;
  region: string;
  currency: string;
}
export interface WebhookTrigger {
  kind: "webhook";
  /**
   * JSON Schema of the body.
   */
  body: JsonObject;
  /**
   * JSON Schema of the query parameters.
   */
  query?: JsonObject;
  /**
   * JSON Schema of the headers.
   */
  headers?: JsonObject;
  verify: "none" | PlanVerify;
  /**
   * Expression that gives the same for the same delivery.
   */
  dedupe?: string;
  respond: "accepted" | "finished";
  /**
   * With finished: after that the sender is answered that it was accepted.
   */
  deadline_ms?: number;
}
export interface PlanVerify {
  /**
   * The scheme's name.
   */
  name: string;
  /**
   * The account's connection that holds the key.
   */
  connection: string;
  scheme: WebhookScheme;
}
/**
 * How a request is proved genuine: what is signed, with which key, and where the signature stands. All is compared with the bytes as they came. signature: where it stands; of several, as while a key is changed, one must be right. delivery_id: what names the delivery, the same when it is sent again; it is {id}, and by it repeats are known. event: what names the kind of event. body_digest: where the SHA-256 of a body that is no form stands, in hex, for schemes that sign {form} and the address.
 */
export interface WebhookScheme {
  /**
   * Whose requests it proves, in a few words.
   */
  title: string;
  /**
   * The service's page about it.
   */
  docs?: string;
  /**
   * hmac-…: the digest of what is signed under the key (RFC 2104). sha256: the plain digest; the key stands in what is signed. ed25519: a signature (RFC 8032), and the key is the public one. token: the key itself is sent.
   */
  algorithm: "hmac-sha1" | "hmac-sha256" | "hmac-sha512" | "sha256" | "ed25519" | "token";
  key: WebhookKey;
  signature: RequestPart;
  /**
   * How the signature is written.
   */
  encoding?: "hex" | "base64" | "base64url";
  /**
   * What is signed. {body}: its bytes. {method}: in capitals. {url}: the whole address that was called. {decoded_url}: the same with the characters :/?@!$'()*,; decoded. {form}: names and values of a form body, in order of name. {timestamp}, {id}: as they were sent. {secret}: the key.
   */
  signed?: string;
  timestamp?: WebhookTimestamp;
  body_digest?: RequestPart;
  delivery_id?: RequestPart;
  event?: RequestPart;
  /**
   * Whether the service sends again what was not answered with 2xx.
   */
  redelivers?: boolean;
  /**
   * Requests by which the service tries the address, and what it wants to hear; they start no run. The first that fits counts.
   */
  handshake?: Handshake[];
}
/**
 * The key.
 */
export interface WebhookKey {
  /**
   * The connection's field that holds it; of several, all that the connection has are keys, and one of them must be right. Without it, the key is always one that the runner keeps: of a subscription, or from a handshake.
   */
  field?: string | string[];
  /**
   * A beginning of the field that is no part of the key, such as whsec_.
   */
  prefix?: string;
  /**
   * How the field becomes the key's bytes.
   */
  decode?: "utf8" | "hex" | "base64";
}
/**
 * A place in a request. ${{ connection.<field> }} may stand in it for a field that is not secret.
 */
export interface RequestPart {
  /**
   * Name of a header.
   */
  header?: string;
  /**
   * Name of a query parameter.
   */
  query?: string;
  /**
   * JSON Pointer to a text or a number of the body; of a form: / and the field's name.
   */
  body?: string;
  /**
   * The value is a list, taken apart at this.
   */
  separator?: string;
  /**
   * Only what begins so counts, without the beginning, such as sha256=.
   */
  prefix?: string;
}
/**
 * When the request was signed. One that is older or newer than the tolerance is refused.
 */
export interface WebhookTimestamp {
  at: RequestPart;
  /**
   * Since 1970, or a date and time with its offset.
   */
  unit?: "seconds" | "milliseconds" | "iso8601";
  /**
   * Seconds.
   */
  tolerance_s?: number;
}
/**
 * One way in which a service tries the address of a webhook.
 */
export interface Handshake {
  /**
   * GET comes without a signature. POST must be signed like every delivery, unless unsigned is true.
   */
  method: "GET" | "POST";
  /**
   * The service does not sign this POST.
   */
  unsigned?: true;
  /**
   * An expression over query, headers and body that must be true.
   */
  when: string;
  token?: HandshakeToken;
  keep?: RequestPart1;
  sign?: HandshakeSignature;
  answer: HandshakeAnswer;
}
/**
 * A word that was agreed upon, which must be right.
 */
export interface HandshakeToken {
  at: RequestPart;
  /**
   * The connection's field that holds it.
   */
  field: string;
}
/**
 * A place in a request. ${{ connection.<field> }} may stand in it for a field that is not secret.
 */
export interface RequestPart1 {
  /**
   * Name of a header.
   */
  header?: string;
  /**
   * Name of a query parameter.
   */
  query?: string;
  /**
   * JSON Pointer to a text or a number of the body; of a form: / and the field's name.
   */
  body?: string;
  /**
   * The value is a list, taken apart at this.
   */
  separator?: string;
  /**
   * Only what begins so counts, without the beginning, such as sha256=.
   */
  prefix?: string;
}
/**
 * The service wants to see that the key is known: the answer reads signature, made by the scheme's algorithm and encoding.
 */
export interface HandshakeSignature {
  /**
   * What is signed: a template over query, headers and body.
   */
  text: string;
}
/**
 * What is answered with 200; ${{ expressions }} over query, headers, body and signature. Without text and json, an empty body.
 */
export interface HandshakeAnswer {
  /**
   * As text/plain.
   */
  text?: string;
  /**
   * As application/json.
   */
  json?: Json;
  /**
   * Headers of the answer by name.
   */
  headers?: {
    [k: string]: string;
  };
}
export interface ScheduleTrigger {
  kind: "schedule";
  cron: string;
  /**
   * IANA time zone.
   */
  timezone: string;
  missed: "once" | "skip" | "all";
}
export interface PollTrigger {
  kind: "poll";
  /**
   * <connector>.<trigger>
   */
  on: string;
  /**
   * The account's connection; absent where the connector needs none.
   */
  connection?: string;
  /**
   * Template of the trigger's input.
   */
  with: JsonObject;
  mappings: Mapping[];
  every_ms: number;
  first: "from_now" | "all";
  poll: Poll;
  /**
   * JSON Schema of trigger.event.
   */
  output: JsonObject;
}
/**
 * One value with expressions, and what the compiler proved of it.
 */
export interface Mapping {
  /**
   * JSON Pointer into with (or into output).
   */
  to: string;
  /**
   * The value as written.
   */
  from: string;
  /**
   * The inferred type, in words.
   */
  type: string;
  /**
   * The field's type, in words.
   */
  expects: string;
  /**
   * The strictest mark of the data in it.
   */
  sensitive?: "personal" | "secret";
  /**
   * Why a text is taken for a date, a phone number or an amount as it comes; the author's words.
   */
  accepted?: string;
  /**
   * The type alone does not prove that the value fits: the whole input is checked against the action's schema before the call.
   */
  guarded?: true;
}
/**
 * The service is asked again and again; what was not there before has happened.
 */
export interface Poll {
  /**
   * How often it is asked where the automation does not say.
   */
  every?: string;
  request: Request;
  /**
   * How failures are to be read; the first that fits counts.
   */
  errors?: ErrorRule[];
  /**
   * An expression over response and input that gives the list of what is there.
   */
  items: string;
  /**
   * A template over response and input that gives what the request for the next page reads as input.page; absent or null where there is none.
   */
  next?: Json;
  /**
   * A template over item that names it: a text or a number. What has a key that was seen within 90 days has not happened again.
   */
  key: string;
  /**
   * Template of trigger.event, over item. Without it, the item.
   */
  event?: Json;
  cursor?: Cursor;
  /**
   * How the service lists. newest_first: no further page is asked for once one held something known. Runs are started oldest first; any: as listed.
   */
  order: "oldest_first" | "newest_first" | "any";
}
/**
 * The HTTP request: templates with ${{ expressions }} over input and connection, page where the action has pages, and idempotency.key where it has a key. What is absent is left out.
 */
export interface Request {
  /**
   * GET, POST, PUT, PATCH, DELETE or HEAD, or an expression that gives one.
   */
  method: string;
  /**
   * Path below base_url, percent-encoded. As a list, each item is one segment, whatever its value holds.
   */
  path?: string | string[];
  /**
   * The whole address, in place of path.
   */
  url?: string;
  /**
   * Query parameters, or an expression that gives an object of them.
   */
  query?: Json;
  /**
   * Headers, or an expression that gives an object of them.
   */
  headers?: Json;
  /**
   * The body, in one of these forms.
   */
  body?: {
    /**
     * Sent as application/json.
     */
    json?: Json;
    /**
     * Sent as application/x-www-form-urlencoded; objects within it as a[b]=c.
     */
    form?: JsonObject;
    /**
     * Sent as multipart/form-data (RFC 7578): each a text, a file, or a list of them.
     */
    multipart?: {
      [k: string]: FilePart | string | number | boolean;
    };
    /**
     * Sent as it is; headers should say its content-type.
     */
    text?: string;
    /**
     * Sent as the bytes that the base64 stands for; headers should say their content-type.
     */
    base64?: string;
  };
  lists?: Lists;
}
export interface FilePart {
  filename: string;
  /**
   * Media type, such as image/png.
   */
  type?: string;
  /**
   * What the file holds.
   */
  text?: string;
  /**
   * What the file holds, in base64.
   */
  base64?: string;
}
/**
 * Reads one kind of failure. All that it names must fit.
 */
export interface ErrorRule {
  /**
   * The statuses that it is about.
   */
  status?: number[];
  /**
   * An expression over response that must be true.
   */
  when?: string;
  /**
   * Texts, one of which the answer holds, in large or small letters.
   */
  contains?: string[];
  /**
   * retryable: goes away by waiting. permanent: does not. credential: the connection was refused, and a person must act: a key, a right, or funds. uncertain: nobody knows whether the service did it; what may be done twice is tried again.
   */
  class: "retryable" | "permanent" | "credential" | "uncertain";
  /**
   * Words for the person who reads it; ${{ expressions }} over response.
   */
  message?: string;
  /**
   * The way out.
   */
  help?: string;
  /**
   * Seconds to wait before the next attempt: an expression over response.
   */
  wait?: string;
}
/**
 * How far the last poll came; the next request reads it as input.cursor. Absent at the first poll.
 */
export interface Cursor {
  /**
   * A template over item; the greatest of all items counts. What lies before the cursor and the lookback is old.
   */
  item?: string;
  /**
   * What the item's value is, so that two can be compared.
   */
  as?: "iso8601" | "unix_s" | "unix_ms" | "number" | "text";
  /**
   * Seconds that the next request goes back before the cursor, for items that the service shows late. For times only.
   */
  lookback_s?: number;
  /**
   * A template over response and input: the service itself gives the cursor, with the last page.
   */
  response?: Json;
}
export interface EventTrigger {
  kind: "event";
  /**
   * <connector>.<trigger>
   */
  on: string;
  verify: PlanVerify;
  /**
   * Template of the trigger's input.
   */
  with: JsonObject;
  mappings: Mapping[];
  webhook: EventWebhook;
  subscription?: Subscription;
  /**
   * JSON Schema of trigger.event.
   */
  output: JsonObject;
}
/**
 * The service sends what happens, to one address for each connection. Each delivery is proved genuine once, and starts a run of every automation whose trigger it fits.
 */
export interface EventWebhook {
  /**
   * One of webhook_schemes, by which a delivery is proved genuine.
   */
  scheme: string;
  /**
   * Kinds of events, as the service names them. They are what a subscription asks for. Where the scheme says where the kind of an event stands, and the delivery holds one event, another kind does not start a run.
   */
  events?: string[];
  /**
   * An expression over body, item, query, headers, input and connection that must be true; what has no value is not.
   */
  when?: string;
  /**
   * An expression over body that gives the list of events, where one delivery holds several. Without it, the body is the event.
   */
  items?: string;
  /**
   * Template of trigger.event, over body, item, query, headers, input and connection. Without it, the item, or the body.
   */
  event?: Json;
  /**
   * A template over the same that names the event, a text or a number: what was accepted under this name within 7 days is not again. Without it, the scheme's delivery_id, and the event's place among the items.
   */
  id?: string;
  /**
   * One of subscriptions, by which the runner asks the service for the events.
   */
  subscription?: string;
  /**
   * How a person enters the address at the service's own page, where the runner cannot subscribe.
   */
  setup?: string;
}
/**
 * Events that a service sends because it was asked to. Its requests see input (with of one of the automations), connection and subscription: url, events, key, secret where it is minted, until where there is a lifetime, and id once there is one.
 */
export interface Subscription {
  /**
   * What is made at the service, in a few words.
   */
  title: string;
  /**
   * A text with ${{ expressions }} over input, connection and events. Triggers with the same key share one subscription of a connection, which asks for the events of all of them. Without it, all triggers share one.
   */
  key?: string;
  /**
   * With which deliveries are signed. minted: the runner makes it, and requests send it as subscription.secret. returned: the service makes it. Without it, the scheme's key is a field of the connection, or comes by a handshake.
   */
  secret?: "minted" | ReturnedSecret;
  /**
   * How long it is asked for, where it ends by itself. It is renewed when a third of the time is left: by renew, otherwise by a new one in its place.
   */
  lifetime?: string;
  create: SubscriptionCreate;
  update?: SubscriptionChange;
  renew?: SubscriptionChange;
  delete: SubscriptionDelete;
  list?: SubscriptionList;
}
export interface ReturnedSecret {
  /**
   * A template over the response to create.
   */
  returned: string;
}
/**
 * Makes it.
 */
export interface SubscriptionCreate {
  request: Request;
  success?: Success;
  errors?: ErrorRules;
  /**
   * A template over response: its id at the service, a text or a number.
   */
  id: string;
  /**
   * A template over response: when it ends, a date-time, or milliseconds since 1970. Without it, when its lifetime is over.
   */
  expires?: string;
}
/**
 * Which answers are a success.
 */
export interface Success {
  /**
   * These statuses; without it, 200 to 299.
   */
  status?: number[];
  /**
   * An expression over response that must be true too, for services that answer 200 to everything.
   */
  when?: string;
}
/**
 * update: brings its address and its events to what they are to be. Without it, a new one is made before the old one is ended. renew: lets it last for another lifetime.
 */
export interface SubscriptionChange {
  request: Request;
  success?: Success;
  errors?: ErrorRules;
  /**
   * A template over response: when it ends, a date-time, or milliseconds since 1970. Without it, when its lifetime is over.
   */
  expires?: string;
}
/**
 * Ends it. 404 and 410 say that it is gone already.
 */
export interface SubscriptionDelete {
  request: Request;
  success?: Success;
  errors?: ErrorRules;
}
/**
 * Lists what is there, so that one is found again whose making was cut off. Its request has no subscription.id.
 */
export interface SubscriptionList {
  request: Request;
  pagination?: Pagination;
  errors?: ErrorRules;
  /**
   * The list, from response, or ${{ items }} of all pages.
   */
  items: string;
  /**
   * A template over item: its id, a text or a number.
   */
  id: string;
  /**
   * A template over item: the address that it sends to.
   */
  url: string;
  /**
   * An expression over item and subscription that must be true too, such as that the topic is the same.
   */
  when?: string;
}
/**
 * Each page names the next by a text: page.cursor in the request, absent for the first.
 */
export interface CursorPagination {
  type: "cursor";
  /**
   * The items of a page: an expression over response that gives a list.
   */
  items: string;
  /**
   * The next page's cursor, from response; absent, null or empty at the end.
   */
  next: string;
  /**
   * Pages at most.
   */
  max_pages?: number;
  /**
   * Items at most: a number, or an expression over input.
   */
  max_items?: number | string;
}
/**
 * Pages are counted: page.number and page.offset (items before it) in the request.
 */
export interface NumberPagination {
  type: "page" | "offset";
  /**
   * The items of a page: an expression over response that gives a list.
   */
  items: string;
  /**
   * The first page's number, 1 where it is left out, or the first offset, 0.
   */
  first?: number;
  /**
   * Items that a full page has: a shorter one is the last. Without it, the first empty page is.
   */
  size?: number;
  /**
   * An expression over response that says whether there is a further page, in place of size.
   */
  more?: string;
  /**
   * Pages at most.
   */
  max_pages?: number;
  /**
   * Items at most: a number, or an expression over input.
   */
  max_items?: number | string;
}
/**
 * Each page has the address of the next, in the header Link with rel=next (RFC 8288) or in the body.
 */
export interface LinkPagination {
  type: "link";
  /**
   * The items of a page: an expression over response that gives a list.
   */
  items: string;
  /**
   * The address, from response; without it, from the header Link.
   */
  next?: string;
  /**
   * Pages at most.
   */
  max_pages?: number;
  /**
   * Items at most: a number, or an expression over input.
   */
  max_items?: number | string;
}
export interface ManualTrigger {
  kind: "manual";
  /**
   * JSON Schema of what a run is given.
   */
  input?: JsonObject;
}
/**
 * How many of its runs go on at a time; absent: as many as there are.
 */
export interface PlanConcurrency {
  /**
   * Expression; runs for which it gives the same are counted together.
   */
  key?: string;
  limit: number;
  policy: "queue" | "skip" | "cancel_running";
}
/**
 * Calls an action.
 */
export interface ActionStep {
  kind: "action";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  on_error?: PlanSteps1;
  connector: string;
  action: string;
  /**
   * The account's connection; absent where the connector needs none.
   */
  connection?: string;
  effect: "read" | "idempotent" | "write";
  /**
   * Of an action that writes: what happens where nobody knows whether it took place.
   */
  if_uncertain?: "ask" | "repeat";
  /**
   * Template of the action's input.
   */
  with: JsonObject;
  mappings: Mapping[];
  timeout_ms: number;
  retry: PlanRetry;
}
/**
 * How often it is tried in all; of what has none, once.
 */
export interface PlanRetry {
  attempts: number;
}
/**
 * Runs another automation of the account as a run of its own.
 */
export interface CallStep {
  kind: "call";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Milliseconds from its begin within which it must end.
   */
  timeout_ms?: number;
  retry?: PlanRetry;
  on_error?: PlanSteps2;
  /**
   * The automation that is called.
   */
  automation: string;
  /**
   * Digest of its plan: the one that this plan was checked with.
   */
  plan: string;
  /**
   * JSON Schema of what it is given; absent where it is given nothing.
   */
  input?: JsonObject;
  /**
   * Template of what it is given.
   */
  with?: JsonObject;
  mappings: Mapping[];
  /**
   * Whether the step waits until the called run has ended.
   */
  wait_for_end: boolean;
}
/**
 * Waits.
 */
export interface WaitStep {
  kind: "wait";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Milliseconds from its begin within which it must end.
   */
  timeout_ms?: number;
  on_error?: PlanSteps3;
  wait: PlanWait;
  mappings: Mapping[];
}
export interface DurationWait {
  kind: "duration";
  for_ms: number;
}
export interface InstantWait {
  kind: "instant";
  /**
   * Template of a date-time.
   */
  until: string;
}
export interface WindowWait {
  kind: "window";
  days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
  from: string;
  to: string;
  timezone: string;
}
export interface ApprovalWait {
  kind: "approval";
  /**
   * Template of the message.
   */
  message: string;
  expires_ms?: number;
}
export interface EventWait {
  kind: "event";
  /**
   * JSON Schema of the payload.
   */
  payload: JsonObject;
  expires_ms?: number;
}
/**
 * Computes values.
 */
export interface SetStep {
  kind: "set";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  on_error?: PlanSteps4;
  /**
   * Template of the step's output.
   */
  set: JsonObject;
  mappings: Mapping[];
}
/**
 * Does one of several things.
 */
export interface SwitchStep {
  kind: "switch";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Milliseconds from its begin within which it must end.
   */
  timeout_ms?: number;
  retry?: PlanRetry;
  on_error?: PlanSteps5;
  /**
   * In order; the first whose condition is true is done.
   */
  arms: PlanArm[];
}
export interface PlanArm {
  /**
   * When it is done; absent: where no arm before it was.
   */
  if?: string;
  block: PlanBlock;
}
export interface PlanBlock {
  steps: PlanSteps6;
  /**
   * Template of what it gives.
   */
  output?: Json;
  mappings: Mapping[];
}
/**
 * Does the same for each item of a list.
 */
export interface ForEachStep {
  kind: "for_each";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Milliseconds from its begin within which it must end.
   */
  timeout_ms?: number;
  retry?: PlanRetry;
  on_error?: PlanSteps7;
  /**
   * Template of the list.
   */
  items: string;
  /**
   * Name of the item.
   */
  as: string;
  /**
   * Name of the item's place.
   */
  index?: string;
  /**
   * Items at a time.
   */
  parallel: number;
  /**
   * An item that fails does not keep the others from going on.
   */
  on_item_error?: "collect";
  block: PlanBlock;
}
/**
 * Does several things at a time.
 */
export interface BranchesStep {
  kind: "branches";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Milliseconds from its begin within which it must end.
   */
  timeout_ms?: number;
  retry?: PlanRetry;
  on_error?: PlanSteps8;
  branches: {
    [k: string]: PlanBlock;
  };
}
/**
 * Ends the run as succeeded.
 */
export interface StopStep {
  kind: "stop";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Template of what the run gives back.
   */
  output?: Json;
  mappings: Mapping[];
}
/**
 * Ends the run as failed.
 */
export interface FailStep {
  kind: "fail";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Template of the message.
   */
  message: string;
}
export interface PlanConnection {
  connector: string;
  /**
   * The fields that are not secret, defaults filled in.
   */
  fields: JsonObject;
  /**
   * The hosts that the credential is sent to.
   */
  hosts: string[];
  /**
   * Requests that a run makes at worst, without those that are tried again; absent where a loop has no bound.
   */
  calls_per_run?: number;
  /**
   * Names of the secret fields that it must have.
   */
  secrets: string[];
  /**
   * The credential of secrets/shared/ that it has besides its own.
   */
  shared?: string;
  /**
   * Of an OAuth 2.0 connection: the rights that this automation needs at the service.
   */
  scopes?: string[];
}
export interface PlanTable {
  /**
   * Names of the columns.
   */
  columns: string[];
  /**
   * The cells of each row, in the order of the columns; null where a cell is empty.
   */
  rows: (string | number | boolean | null)[][];
}
export interface PlanConnector {
  title: string;
  version: string;
  connection?: ConnectionSpec;
  answers?: Answers;
  limits?: Limits;
  actions: {
    [k: string]: PlanAction;
  };
}
/**
 * What an account gives to use the service. Left out where the service needs no connection.
 */
export interface ConnectionSpec {
  /**
   * The fields that a connection has, by name. Secret ones are encrypted; the others stand in account.json. No name may end with _unencrypted: SOPS would leave the field readable.
   */
  fields: {
    [k: string]: Field;
  };
  /**
   * Where requests go: an https address, in which ${{ connection.<field> }} may stand for a field that is not secret.
   */
  base_url?: string;
  /**
   * The hosts that requests, and so credentials, may go to: names, in which ${{ connection.<field> }} may stand, or one expression that gives a list of names. A name may start with *. for all hosts below it. Empty where nothing is sent.
   */
  hosts: string[] | string;
  /**
   * Headers of every request, such as an API version.
   */
  headers?: {
    [k: string]: string;
  };
  /**
   * Query parameters of every request, such as an API version.
   */
  query?: {
    [k: string]: string;
  };
  lists?: Lists;
  /**
   * What is made of the credential anew for each request, by name: times, signatures, signed tokens. ${{ derived.<name> }} stands for it in auth, and in what is derived of it. ${{ connection.<field> }} may stand here for a secret field, and request for the request before the credential is put in: method, url, host, path, query (as it is sent, without ?), target (path and query) and body (a text). What needs one that is not there is left out.
   */
  derived?: {
    [k: string]: Derived;
  };
  auth?: AuthWays;
  test?: ConnectionTest;
}
/**
 * One field of a connection.
 */
export interface Field {
  /**
   * The field's name as the service's own pages write it.
   */
  title: string;
  /**
   * What to enter.
   */
  description?: string;
  /**
   * Kept encrypted, never shown.
   */
  secret?: boolean;
  /**
   * Whether a connection must have it.
   */
  required?: boolean;
  /**
   * What the field holds; list is a list of texts. Secret fields are strings.
   */
  type?: "string" | "number" | "boolean" | "list";
  /**
   * The text may have several lines, as a private key in PEM has.
   */
  lines?: boolean;
  /**
   * Regular expression (RE2) that the whole text fits, without its prefix and suffix.
   */
  pattern?: string;
  /**
   * What stands before the value at the service, such as https://. It is shown beside the field, and taken off where it was entered too.
   */
  prefix?: string;
  /**
   * What stands after the value at the service, such as .myshopify.com. It is shown beside the field, and taken off where it was entered too.
   */
  suffix?: string;
  when?: FieldCondition;
  /**
   * The only values.
   */
  enum?: string[];
  /**
   * What is used where the account gives nothing.
   */
  default?: Json;
  /**
   * The service's page where the value is found or made.
   */
  help_url?: string;
}
/**
 * The field belongs to the connection only where another one has one of these values.
 */
export interface FieldCondition {
  /**
   * A field that is not secret.
   */
  field: string;
  /**
   * Its values.
   */
  is: (string | number | boolean)[];
}
/**
 * One value that is made anew for each request.
 */
export interface Derived {
  /**
   * A text of others, such as what is signed.
   */
  text?: string;
  time?: DerivedTime;
  /**
   * uuid: version 4. hex: 32 digits.
   */
  random?: "uuid" | "hex";
  parameters?: DerivedParameters;
  digest?: DerivedDigest;
  hmac?: DerivedHmac;
  signature?: DerivedSignature;
  jwt?: DerivedJwt;
}
/**
 * The time of the request.
 */
export interface DerivedTime {
  /**
   * unix_s, unix_ms: a number since 1970. iso8601: 2026-01-31T23:59:58.000Z. basic: 20260131T235958Z. http: Sat, 31 Jan 2026 23:59:58 GMT.
   */
  as: "unix_s" | "unix_ms" | "iso8601" | "basic" | "http";
  /**
   * So many seconds later.
   */
  later_s?: number;
}
/**
 * The request's parameters in order of their names, then values, as a text.
 */
export interface DerivedParameters {
  /**
   * Those of the query, those of a form body.
   */
  of: ("query" | "form")[];
  /**
   * Further ones by name.
   */
  add?: {
    [k: string]: string;
  };
  /**
   * Names and values are percent-encoded (RFC 3986): all but letters, digits and -._~.
   */
  encoded?: boolean;
  /**
   * What stands between a name and its value.
   */
  equals?: string;
  /**
   * What stands between two of them.
   */
  separator?: string;
}
export interface DerivedDigest {
  algorithm: "md5" | "sha1" | "sha256" | "sha384" | "sha512";
  of: Bytes;
  /**
   * How the bytes are written.
   */
  encoding?: "hex" | "base64" | "base64url";
}
/**
 * A digest under a key (RFC 2104).
 */
export interface DerivedHmac {
  algorithm: "md5" | "sha1" | "sha256" | "sha384" | "sha512";
  key: Bytes;
  of: Bytes;
  /**
   * How the bytes are written.
   */
  encoding?: "hex" | "base64" | "base64url";
}
/**
 * A signature by a private key.
 */
export interface DerivedSignature {
  /**
   * rsa-sha256: PKCS #1 v1.5. ecdsa-sha256: in DER.
   */
  algorithm: "rsa-sha256" | "ecdsa-sha256" | "ed25519";
  /**
   * A private key in PEM, PKCS #8, PKCS #1 or SEC 1, such as "${{ connection.private_key }}". \n in it is a new line.
   */
  key: string;
  of: Bytes;
  /**
   * How the bytes are written.
   */
  encoding?: "hex" | "base64" | "base64url";
}
/**
 * A signed token (RFC 7519). The key of HS… is the secret, that of all others a private key in PEM. Where claims do not say iat and exp, they are now and expires_in later.
 */
export interface DerivedJwt {
  algorithm: "HS256" | "HS384" | "HS512" | "RS256" | "RS384" | "RS512" | "PS256" | "ES256" | "ES384" | "EdDSA";
  key: Bytes;
  /**
   * Of the token, besides alg, such as kid.
   */
  header?: {
    [k: string]: string;
  };
  /**
   * A template of what is claimed.
   */
  claims: JsonObject;
  /**
   * Seconds.
   */
  expires_in?: number;
}
/**
 * A key in a header or in the query.
 */
export interface ApiKeyAuth {
  type: "api_key";
  in: "header" | "query";
  /**
   * Name of the header or the query parameter.
   */
  name: string;
  /**
   * Such as "Token ${{ connection.api_key }}".
   */
  value: string;
}
/**
 * Authorization: Bearer <token> (RFC 6750).
 */
export interface BearerAuth {
  type: "bearer";
  /**
   * Such as "${{ connection.token }}".
   */
  token: string;
}
/**
 * Authorization: Basic (RFC 7617).
 */
export interface BasicAuth {
  type: "basic";
  /**
   * Such as "${{ connection.api_key }}".
   */
  username: string;
  /**
   * Empty where it is left out, as services want it whose key is the user name.
   */
  password?: string;
}
/**
 * Several values, or in other places.
 */
export interface CustomAuth {
  type: "custom";
  /**
   * Headers by name.
   */
  headers?: {
    [k: string]: string;
  };
  /**
   * Query parameters by name.
   */
  query?: {
    [k: string]: string;
  };
  /**
   * Fields of a json or form body by name.
   */
  body?: {
    [k: string]: string;
  };
  /**
   * Stands before the request's path, such as "/bot${{ connection.token }}".
   */
  path?: string;
}
/**
 * The credential is exchanged, by a request in which secret fields may stand, for a token that lasts a while: a session, or OAuth2's client credentials. The token is kept in memory, made once for all calls of a connection, and made anew when it ends or is refused.
 */
export interface TokenExchangeAuth {
  type: "token_exchange";
  before?: RequestsBefore;
  /**
   * A token that needs no exchange, such as ${{ connection.access_token }}: a connection that has it makes no request for one.
   */
  given?: string;
  request: Request;
  /**
   * The token, from response.
   */
  token: string;
  /**
   * Seconds for which it is good: a number, or an expression over response. Without it, until it is refused.
   */
  expires_in?: number | string;
  /**
   * What the exchange tells of the connection, by name, from response, such as ${{ response.body.instance_url }}. ${{ connection.<name> }} stands for it in base_url, headers, query, requests and answers; the requests of the exchange itself are made before it is known. What a request's address is made of must still be one of the hosts.
   */
  captures?: {
    [k: string]: string;
  };
  refresh_on?: RefreshOn;
  use?: TokenUse;
}
export interface RequestBefore {
  name: string;
  request: Request;
  success?: Success;
}
/**
 * OAuth 2.0: a person consents in a browser (RFC 6749 §4.1). The connection's fields hold the app's id and secret; the runner keeps what the person granted, encrypted, and refreshes it.
 */
export interface AuthorizationCodeAuth {
  type: "oauth2";
  grant: "authorization_code";
  /**
   * The service's page of consent, which a browser opens. ${{ connection.<field> }} may stand in it for a field that is not secret, such as a customer's own host.
   */
  authorize_url: string;
  /**
   * Where a code is exchanged for tokens: an address of one of the connection's hosts.
   */
  token_url: string;
  /**
   * Where tokens are refreshed, if that is another address than token_url.
   */
  refresh_url?: string;
  /**
   * Where tokens are given back (RFC 7009).
   */
  revoke_url?: string;
  /**
   * The name that the service gives itself as iss beside the code (RFC 9207). With it, an answer of another service is refused.
   */
  issuer?: string;
  /**
   * The app's id at the service, such as "${{ connection.client_id }}".
   */
  client_id: string;
  /**
   * The app's secret, such as "${{ connection.client_secret }}".
   */
  client_secret?: string;
  /**
   * How the app proves who it is (RFC 6749 §2.3.1): in the header Authorization, in the body, or not at all, as apps without a secret do.
   */
  client_auth?: "basic" | "post" | "none";
  /**
   * How the code is bound to the runner (RFC 7636). none is for services that refuse what they do not know.
   */
  pkce?: "S256" | "plain" | "none";
  scopes?: Scopes;
  /**
   * What stands between two scopes; a space by the standard.
   */
  scope_separator?: string;
  /**
   * The parameter of the consent page that names the rights.
   */
  scope_parameter?: string;
  /**
   * Further parameters of the consent page, such as access_type.
   */
  authorize_params?: {
    [k: string]: string;
  };
  /**
   * Further parameters of the request for tokens.
   */
  token_params?: {
    [k: string]: string;
  };
  /**
   * Further parameters of the request that refreshes.
   */
  refresh_params?: {
    [k: string]: string;
  };
  /**
   * Further headers of the requests for tokens.
   */
  token_headers?: {
    [k: string]: string;
  };
  /**
   * How requests for tokens are written; a form by the standard.
   */
  token_body?: "form" | "json";
  answer?: TokenAnswer;
  /**
   * What consent tells of the connection, by name: ${{ connection.<name> }} in base_url, headers, query, requests, answers, refresh_url and revoke_url. What a request's address is made of must still be one of the hosts, which no captured value can stand in.
   */
  captures?: {
    [k: string]: Capture;
  };
  refresh_on?: RefreshOn;
  use?: TokenUse;
}
/**
 * Where things stand in the answer with the tokens, each from response, where it is not as the standard has it (RFC 6749 §5.1).
 */
export interface TokenAnswer {
  /**
   * Such as ${{ response.body.authed_user.access_token }}.
   */
  access_token?: string;
  refresh_token?: string;
  /**
   * Seconds, a number or a text with one.
   */
  expires_in?: string;
  /**
   * The rights that were given. Where the answer has none, all that were asked for.
   */
  scope?: string;
  /**
   * The code of a failure, for services that answer 200 to everything.
   */
  error?: string;
}
export interface Capture {
  /**
   * From callback, the query with which the browser came back, or response, the answer with the tokens: ${{ callback.realmId }}, ${{ response.body.instance_url }}.
   */
  value: string;
  /**
   * A value as the service gives it, which automations' tests have.
   */
  sample: string;
}
/**
 * OAuth 2.0: the app acts for itself, and no person consents (RFC 6749 §4.4). The token is kept in memory.
 */
export interface ClientCredentialsAuth {
  type: "oauth2";
  grant: "client_credentials";
  /**
   * Where tokens are made: an address of one of the connection's hosts.
   */
  token_url: string;
  /**
   * The app's id at the service, such as "${{ connection.client_id }}".
   */
  client_id: string;
  /**
   * The app's secret, such as "${{ connection.client_secret }}".
   */
  client_secret: string;
  /**
   * How the app proves who it is (RFC 6749 §2.3.1).
   */
  client_auth?: "basic" | "post";
  scopes?: Scopes1;
  /**
   * What stands between two scopes; a space by the standard.
   */
  scope_separator?: string;
  /**
   * Further parameters of the request for a token, such as audience.
   */
  token_params?: {
    [k: string]: string;
  };
  /**
   * Further headers of the request for a token.
   */
  token_headers?: {
    [k: string]: string;
  };
  /**
   * How requests for tokens are written; a form by the standard.
   */
  token_body?: "form" | "json";
  answer?: TokenAnswer;
  refresh_on?: RefreshOn;
  use?: TokenUse;
}
/**
 * One of several ways.
 */
export interface AuthWay {
  when?: FieldCondition1;
  auth: Auth;
}
/**
 * It serves connections whose field has one of these values; without it, all that no way before it serves.
 */
export interface FieldCondition1 {
  /**
   * A field that is not secret.
   */
  field: string;
  /**
   * Its values.
   */
  is: (string | number | boolean)[];
}
/**
 * A request that changes nothing and succeeds exactly where the credential is good.
 */
export interface ConnectionTest {
  request: Request;
  success?: Success;
  errors?: ErrorRules;
  /**
   * Whose credential it is, in words that a person knows it by, such as acme.myshopify.com: ${{ expressions }} over response and connection.
   */
  identity?: string;
}
/**
 * How all answers of the service are to be read; what an action says itself comes first.
 */
export interface Answers {
  success?: Success;
  /**
   * The service's own words in a failure, from response, such as ${{ response.body.error.message }}.
   */
  message?: string;
  errors?: ErrorRules;
  /**
   * Headers of the service's own that say when to come again. Retry-After, RateLimit and their usual relatives are read anyway.
   */
  retry_after?: RetryAfterHeader[];
}
export interface RetryAfterHeader {
  header: string;
  /**
   * date: HTTP or ISO 8601. duration: such as 1m30s or 250ms.
   */
  as: "seconds" | "milliseconds" | "epoch_seconds" | "epoch_milliseconds" | "date" | "duration";
}
/**
 * How much the service takes, or one of its actions besides. Calls wait so that they stay within it, across all runs.
 */
export interface Limits {
  /**
   * Requests in any stretch of time of this length; all of them hold.
   */
  requests?: RequestLimit[];
  /**
   * Calls under way at a time.
   */
  concurrency?: number;
  /**
   * Who shares the limit: a text with ${{ connection.<field> }}, such as the shop. Without it, each connection has its own, and all that call the same hosts with the same shared credential have it together, unless people consent to it.
   */
  shared_by?: string;
}
export interface RequestLimit {
  count: number;
  /**
   * Such as 1s, 1m, 24h.
   */
  period: string;
  /**
   * What has such a limit of its own, for an action: a text with ${{ input.<field> }}, such as the channel.
   */
  per?: string;
}
export interface PlanAction {
  effect: "read" | "idempotent" | "write";
  input: JsonObject;
  output: JsonObject;
  before?: RequestsBefore;
  request?: Request;
  response?: Response;
  pagination?: Pagination;
  idempotency?: Idempotency;
  errors?: ErrorRules;
  limits?: Limits;
  native?: "storage" | "table";
}
/**
 * What becomes of the answer.
 */
export interface Response {
  success?: Success;
  /**
   * How the body is read. Without it: JSON and forms where its content-type says so, otherwise a text.
   */
  as?: "json" | "text" | "base64";
  /**
   * Template of the output, over response.status, response.headers, response.body, input, connection, and items and more where the action has pages. Without it, the body, or the items.
   */
  output?: Json;
}
/**
 * The service does a request once however often it comes with the same key. The key is the same in every attempt of a step of a run, so the write may be repeated.
 */
export interface Idempotency {
  /**
   * The header with the key. Without it, the request's templates have ${{ idempotency.key }} where it belongs.
   */
  header?: string;
  /**
   * For how long the service remembers a key, such as 24h. Later, nothing is repeated on a guess.
   */
  lifetime: string;
}
