import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinCatalog, builtinText } from '../../src/connectors/builtin.ts';
import { validateConnector } from '../../src/generated/validators.js';
import { compileSchema } from '../../src/json/schema.ts';
import type { Json } from '../../src/json/value.ts';
import { compileTemplate } from '../../src/language/evaluate.ts';

const catalog = builtinCatalog();

for (const name of catalog.names()) {
  const connector = catalog.get(name);

  test(`${name}: fits its schema, has its folder's name, and its samples fit their outputs`, () => {
    assert.ok(connector);
    assert.ok(validateConnector(connector), JSON.stringify(validateConnector.errors));
    assert.equal(connector.name, name);
    for (const [id, action] of Object.entries(connector.actions)) {
      compileSchema(action.input);
      assert.notEqual(action.sample, undefined, `${id} has no sample`);
      assert.deepEqual(compileSchema(action.output)(action.sample ?? null), [], id);
    }
    for (const [id, { output, sample }] of Object.entries(connector.triggers ?? {}))
      assert.deepEqual(compileSchema(output)(sample ?? null), [], id);
  });

  test(`${name}: its templates can be read, and auth names secret fields`, () => {
    assert.ok(connector);
    for (const action of Object.values(connector.actions)) {
      compileTemplate(
        JSON.parse(
          JSON.stringify({
            request: action.request ?? null,
            response: action.response ?? null,
            errors: action.errors ?? [],
          }),
        ) as Json,
      );
    }
    const auth = connector.connection?.auth;
    if (auth === undefined) return;
    for (const [, field = ''] of JSON.stringify(auth).matchAll(/connection\.(\w+)/g))
      assert.ok(connector.connection?.fields[field], `auth names the unknown field ${field}`);
  });
}

test('anthropic: request and output come out as the Messages API documents them', () => {
  const action = catalog.get('anthropic')?.actions['message_to_ai'];
  assert.ok(action?.request?.body?.json !== undefined && action.response?.output !== undefined);
  const roots = { input: { prompt: 'Hi' }, connection: { model: 'm' } };
  assert.deepEqual(compileTemplate(action.request.body.json)(roots), {
    model: 'm',
    max_tokens: 1024,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  const body = {
    model: 'm',
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 2 },
    content: [
      { type: 'thinking', thinking: '…' },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
  };
  const output = compileTemplate(action.response.output)({ response: { body } });
  assert.deepEqual(output, { text: 'ab', model: 'm', stop_reason: 'end_turn', input_tokens: 1, output_tokens: 2 });
  assert.deepEqual(compileSchema(action.output)(output ?? null), []);
});

test('no name leads out of the folder of built-ins', () => {
  assert.equal(builtinText('../schemas'), undefined);
  assert.equal(builtinText('nothing'), undefined);
});
