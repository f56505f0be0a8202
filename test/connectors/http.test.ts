import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinCatalog } from '../../src/connectors/builtin.ts';
import { fieldsInUse, requiredSecrets } from '../../src/connectors/connection-fields.ts';
import { json, LocalService, outputOf } from './local-service.ts';

const connector = builtinCatalog().get('http');

test('http: a bearer token where there is one, or a user and a password', async () => {
  assert.ok(connector?.connection && connector.actions['get']);
  const { connection: spec, actions } = connector;
  const [bearer, basic] = [{ auth: 'bearer' }, { auth: 'basic', username: 'ada' }];
  assert.deepEqual(requiredSecrets(spec, bearer), []);
  assert.deepEqual(requiredSecrets(spec, basic), ['password']);
  assert.deepEqual(
    fieldsInUse(spec, bearer).map(([name]) => name),
    ['hosts', 'auth', 'token'],
  );
  const cases: [{ [field: string]: string }, { [field: string]: string }, string | undefined][] = [
    [bearer, { token: 'the-secret-token' }, 'Bearer the-secret-token'],
    [bearer, {}, undefined],
    [basic, { password: 'the-password' }, `Basic ${Buffer.from('ada:the-password').toString('base64')}`],
  ];
  for (const [fields, secrets, expected] of cases)
    await LocalService.during(
      (_request, response) => json(response, {}),
      async (service) => {
        const given = {
          input: { url: 'https://example.com/x' },
          fields: { ...fields, hosts: ['example.com'] },
          secrets,
        };
        outputOf(await service.call(spec, actions['get'] ?? {}, given));
        assert.equal(service.received[0]?.headers.authorization, expected);
      },
    );
});
