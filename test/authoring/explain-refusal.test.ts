import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainRefusal, type RefusedDelivery } from '../../src/authoring/explain/explain-refusal.ts';
import type { WebhookScheme, WebhookTrigger } from '../../src/generated/plan.ts';
import { compileSchema } from '../../src/json/schema.ts';
import type { Json, JsonObject } from '../../src/json/value.ts';

const TEXT = { type: 'object', required: ['text'], properties: { text: { type: 'string' }, n: { type: 'integer' } } };

function webhookOf(body: JsonObject): WebhookTrigger {
  return { kind: 'webhook', body, verify: 'none', respond: 'accepted' };
}

/** Explains what the webhook with this schema says to the body. */
function explained(body: Json, schema: JsonObject = TEXT, change: Partial<RefusedDelivery> = {}, owed?: string) {
  const issues = compileSchema(schema)(body).map((issue) => ({ ...issue, pointer: `/body${issue.pointer}` }));
  const names = { id: 'r1', account: 'demo', automation: 'take' };
  const refused = { ...names, status: 400, reason: 'it does not fit', body, cut: false, ...change };
  return explainRefusal(refused, { webhook: webhookOf(schema), issues, owed });
}

test('what came in the place of what is missing is named, with what to edit', () => {
  const { headline, findings } = explained({ message: 'Hi', n: 1 });
  assert.equal(headline, 'demo/take answered 400: it does not fit');
  assert.deepEqual(
    findings.map(({ what, because }) => [what, because]),
    [['the body lacks the property `text`', ['the body had `message`, not `text`: "Hi"']]],
  );
  const [file, sender, replay] = findings[0]?.edit ?? [];
  assert.match(file ?? '', /write `message` for `text` in `trigger\.webhook\.body` of automations\/demo\/take\.json/);
  assert.match(file ?? '', /`trigger\.body\.message` where it is read/);
  assert.match(sender ?? '', /let the sender change/);
  assert.equal(replay, 'then take it once more: waybill refusals replay r1');
});

function reasonFor(body: Json): string | undefined {
  return explained(body).findings[0]?.because[0];
}

test('of several the one of a like name and of the right kind is taken; none is guessed', () => {
  assert.match(reasonFor({ a: 'x', Text: 'y', txet: 5 }) ?? '', /had `Text`/);
  assert.doesNotMatch(reasonFor({ a: 'x', b: 'y' }) ?? '', /not `text`/);
  assert.doesNotMatch(reasonFor({ message: 5 }) ?? '', /not `text`/);
});

test('a value of the wrong kind is shown as it came', () => {
  const [finding] = explained({ text: 'x', n: 'five' }).findings;
  assert.deepEqual([finding?.what, finding?.because], ['the body.n must be an integer', ['there came "five"']]);
});

test('what would be taken by now only has to be taken; what was cut has to be sent again', () => {
  const mended = explained({ message: 'Hi' }, { type: 'object' });
  assert.deepEqual(mended.findings[0]?.edit, ['take it once more: waybill refusals replay r1']);
  assert.match(explained({}, TEXT, { cut: true }).findings[0]?.edit.at(-1) ?? '', /send it again/);
});

function firstAdvice(status: number, body?: Json): string {
  return explained(body ?? {}, TEXT, { status, body }).findings[0]?.edit[0] ?? '';
}

test('each status has its own advice', () => {
  assert.match(firstAdvice(401), /the key of the connection/);
  assert.match(firstAdvice(415), /application\/json/);
  const scheme: WebhookScheme = {
    title: 'Own',
    signed: '{body}',
    algorithm: 'hmac-sha256',
    key: {},
    signature: { header: 'x' },
  };
  const keyed: WebhookTrigger = { ...webhookOf(TEXT), verify: { name: 'own', connection: 'signer', scheme } };
  const names = { id: 'r', account: 'demo', automation: 'take', status: 503, reason: '', body: {}, cut: false };
  const [unopened] = explainRefusal(names, { webhook: keyed, issues: [], owed: undefined }).findings;
  assert.match(unopened?.edit.join() ?? '', /waybill doctor[^]*waybill connect demo signer/);
  assert.match(firstAdvice(400), /JSON or a form that is whole/);
  assert.match(
    explainRefusal({ id: 'r', account: 'a', automation: 'b', status: 400, reason: '', body: {}, cut: false }, undefined)
      .findings[0]?.edit[0] ?? '',
    /not deployed any more/,
  );
});

function editsOfUnavailable(owed?: string): string[] | undefined {
  return explained({ text: 'x' }, TEXT, { status: 503 }, owed).findings[0]?.edit;
}

test('a consent that is owed is named, and no key is asked for', () => {
  const replay = 'then take it once more: waybill refusals replay r1';
  assert.deepEqual(editsOfUnavailable('a person consents at https://x'), ['a person consents at https://x', replay]);
  assert.deepEqual(editsOfUnavailable(), [replay]);
});
