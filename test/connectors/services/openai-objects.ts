import type { JsonObject } from '../../../src/json/value.ts';

/** An answer of POST /responses. */
export function response(
  output: JsonObject[],
  input_tokens: number,
  output_tokens: number,
  more: JsonObject = {},
): JsonObject {
  return {
    id: 'resp_67ccd2bed1ec8190b14f964abc054267',
    object: 'response',
    created_at: 1741476542,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'gpt-5.4-mini-2026-03-17',
    output,
    usage: { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
    ...more,
  };
}

/** A message within it. */
export function message(text: string, annotations: JsonObject[] = []): JsonObject {
  return {
    type: 'message',
    id: 'msg_1',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations }],
  };
}
