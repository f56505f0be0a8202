import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../src/json/value.ts';
import { failureOf, json } from '../local-service.ts';
import { ServiceUnderTest } from './contract.ts';

// No document of the API is on npm; this is what its pages say, https://docs.anthropic.com/en/api.
const service = new ServiceUnderTest('anthropic', { api_key: 'sk-ant-1' });

const MODEL = 'claude-sonnet-4-5';

/** A message as the service answers it. */
function message(content: JsonObject, stop_reason: string, input_tokens: number, output_tokens: number): JsonObject {
  const usage = { input_tokens, output_tokens };
  return { id: 'msg_01', type: 'message', role: 'assistant', model: MODEL, content: [content], stop_reason, usage };
}

const SCHEMA = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } } };
const ASKED = { system: 'Be short.', model: MODEL, max_tokens: 200 };

service.testActions(undefined, {
  message_to_ai: {
    input: { prompt: 'Sum this up: …', ...ASKED },
    operation: 'POST /v1/messages',
    url: '/v1/messages',
    body: { ...ASKED, messages: [{ role: 'user', content: 'Sum this up: …' }] },
    answer: message({ type: 'text', text: 'The quarterly numbers are up by a tenth.' }, 'end_turn', 48, 12),
  },
  extract_data: {
    input: { text: 'Ada is 36.', schema: SCHEMA, ...ASKED },
    operation: 'POST /v1/messages',
    url: '/v1/messages',
    body: {
      ...ASKED,
      messages: [{ role: 'user', content: 'Ada is 36.' }],
      tools: [{ name: 'keep_data', description: 'Keeps what was found in the text.', input_schema: SCHEMA }],
      tool_choice: { type: 'tool', name: 'keep_data' },
    },
    answer: message(
      { type: 'tool_use', id: 'toolu_01', name: 'keep_data', input: { name: 'Ada', age: 36 } },
      'tool_use',
      391,
      42,
    ),
  },
  describe_image: {
    input: { prompt: 'What is this?', image: 'data:image/png;base64,iVBORw0KGgo=', ...ASKED },
    operation: 'POST /v1/messages',
    url: '/v1/messages',
    body: {
      ...ASKED,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            { type: 'text', text: 'What is this?' },
          ],
        },
      ],
    },
    answer: message({ type: 'text', text: 'A receipt over 12.40 EUR.' }, 'end_turn', 1551, 12),
  },
  count_tokens: {
    input: { prompt: 'Hello, Claude', system: 'Be short.', model: MODEL },
    operation: 'POST /v1/messages/count_tokens',
    url: '/v1/messages/count_tokens',
    body: { model: MODEL, system: 'Be short.', messages: [{ role: 'user', content: 'Hello, Claude' }] },
    answer: { input_tokens: 14 },
  },
  list_models: {
    input: {},
    operation: 'GET /v1/models',
    url: '/v1/models?limit=1000',
    answer: {
      data: [{ type: 'model', id: MODEL, display_name: 'Claude Sonnet 4.5', created_at: '2025-09-29T00:00:00Z' }],
      has_more: false,
      first_id: MODEL,
      last_id: MODEL,
    },
  },
});

test('anthropic: an image is named by its address too; data that was cut off is a failure in words', async () => {
  const image = 'https://example.com/receipt.png';
  const { received } = await service.call('describe_image', { prompt: 'What is this?', image }, (_request, response) =>
    json(response, {}, 500),
  );
  assert.deepEqual(JSON.parse(received[0]?.body ?? '').messages[0].content[0].source, { type: 'url', url: image });
  const cut = message({ type: 'text', text: 'Here' }, 'max_tokens', 391, 1024);
  const { outcome } = await service.call('extract_data', { text: 'Ada is 36.', schema: SCHEMA }, (_request, response) =>
    json(response, cut),
  );
  const failure = failureOf(outcome);
  assert.deepEqual(
    [failure.class, failure.message],
    ['permanent', 'Claude gave no whole data: it ended with max_tokens'],
  );
});
