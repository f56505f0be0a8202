import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../../src/json/value.ts';
import { json } from '../local-service.ts';
import { ServiceUnderTest } from './contract.ts';

const service = new ServiceUnderTest('slack', { bot_token: 'xoxb-1' });
const channel = 'C0123456789';
const user = 'U0123456789';
const ts = '1503435956.000247';

const failed = async (body: Json, action = 'send_message', status = 200, headers: { [name: string]: string } = {}) => {
  const input: JsonObject = action === 'send_message' ? { channel, text: 'Hello' } : { channel, ts };
  return service.failure(action, input, status, body, headers);
};

test('slack: a missing scope is named', async () => {
  const {
    class: kind,
    message,
    help,
  } = await failed({ ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'users:read' });
  assert.equal(kind, 'credential');
  assert.equal(message, 'The token lacks a scope: Slack asks for chat:write; it has users:read.');
  assert.match(help ?? '', /install the app again/);
});

test('slack: failures are told apart by their codes, since Slack answers 200', async () => {
  const classes: { [error: string]: string } = {
    invalid_auth: 'credential',
    token_revoked: 'credential',
    ratelimited: 'retryable',
    service_unavailable: 'retryable',
    fatal_error: 'uncertain',
    not_in_channel: 'permanent',
    channel_not_found: 'permanent',
    msg_too_long: 'permanent',
  };
  for (const [error, expected] of Object.entries(classes))
    assert.equal((await failed({ ok: false, error })).class, expected, error);
  // What may be done twice is tried again.
  assert.equal((await failed({ ok: false, error: 'fatal_error' }, 'list_replies')).class, 'retryable');
  const unknown = await failed({
    ok: false,
    error: 'invalid_blocks',
    response_metadata: { messages: ['[ERROR] no type'] },
  });
  assert.equal(unknown.message, 'Slack answered 200: invalid_blocks ([ERROR] no type)');
  assert.match((await failed({ ok: false, error: 'not_in_channel' })).help ?? '', /invite/);
});

test('slack: 429 waits as long as Slack says', async () => {
  const { class: kind, retryAfterMs } = await failed({ ok: false, error: 'ratelimited' }, 'send_message', 429, {
    'retry-after': '30',
  });
  assert.deepEqual([kind, retryAfterMs], ['retryable', 30_000]);
});

test('slack: what is done already counts as done', async () => {
  const done: [string, JsonObject, string][] = [
    ['add_reaction', { channel, ts, emoji: 'eyes' }, 'already_reacted'],
    ['delete_message', { channel, ts }, 'message_not_found'],
    ['invite_to_channel', { channel, user }, 'already_in_channel'],
    ['archive_channel', { channel }, 'already_archived'],
  ];
  for (const [action, input, error] of done) {
    const { outcome } = await service.call(action, input, (_request, response) => json(response, { ok: false, error }));
    assert.ok(outcome.ok, action);
  }
});
