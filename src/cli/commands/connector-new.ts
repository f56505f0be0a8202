import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { builtinText } from '../../connectors/builtin.ts';
import type { Connector } from '../../generated/connector.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';

export interface NewConnectorOptions {
  workspace?: string;
  title?: string;
  baseUrl: string;
}

/** `waybill connector new NAME`: writes a connector that is valid, with a key, a test and two actions to be changed. */
export async function newConnector(name: string, options: NewConnectorOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name))
    throw new UsageError(
      `${name} cannot be a connector's name`,
      'small letters, digits, - and _, starting with a letter',
    );
  if (builtinText(name) !== undefined)
    throw new UsageError(`${name} is a built-in connector`, `see: waybill connector describe ${name}`);
  const base = URL.canParse(options.baseUrl) ? new URL(options.baseUrl) : undefined;
  if (base?.protocol !== 'https:') throw new UsageError(`${options.baseUrl} is not an https address`);
  const path = join('connectors', name, 'connector.json');
  const file = join(folder, path);
  if (existsSync(file)) throw new UsageError(`there is a ${path} already`);
  await mkdir(dirname(file), { recursive: true });
  const title = options.title ?? name.charAt(0).toUpperCase() + name.slice(1);
  await writeFile(file, `${JSON.stringify(sketch(name, title, base), undefined, 2)}\n`);
  console.log(`Wrote ${path}. Change it to what the service documents, then: waybill check ${path}`);
  return EXIT.clean;
}

function sketch(name: string, title: string, base: URL): Connector {
  const item = {
    type: 'object',
    required: ['id', 'name'],
    properties: { id: { type: 'string' }, name: { type: 'string' } },
  };
  const sample = { id: 'i1', name: 'First' };
  return {
    $schema: '../../schemas/connector.schema.json',
    name,
    title,
    version: '0.1.0',
    description: `What ${title} is for, in a sentence.`,
    connection: {
      fields: {
        api_key: {
          title: 'API key',
          description: 'Where it is found, and what it must be allowed to do.',
          secret: true,
        },
      },
      base_url: base.href.replace(/\/$/, ''),
      hosts: [base.hostname],
      auth: { type: 'bearer', token: '${{ connection.api_key }}' },
      test: { request: { method: 'GET', path: '/me' }, identity: '${{ response.body.name }}' },
    },
    actions: {
      list_items: {
        title: 'List items',
        description: 'Gives the items, the newest first.',
        effect: 'read',
        input: {
          type: 'object',
          additionalProperties: false,
          properties: {
            limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'Items at most.' },
          },
        },
        output: { type: 'object', required: ['items'], properties: { items: { type: 'array', items: item } } },
        sample: { items: [sample] },
        request: { method: 'GET', path: '/items', query: { cursor: '${{ page.cursor }}' } },
        response: { output: { items: '${{ items }}' } },
        pagination: {
          type: 'cursor',
          items: '${{ response.body.items }}',
          next: '${{ response.body.next_cursor }}',
          max_items: '${{ input.limit ?? 100 }}',
        },
      },
      create_item: {
        title: 'Create an item',
        description: 'Creates an item and gives it.',
        effect: 'write',
        input: {
          type: 'object',
          required: ['name'],
          additionalProperties: false,
          properties: { name: { type: 'string', minLength: 1, description: 'Its name.' } },
        },
        output: item,
        sample,
        request: { method: 'POST', path: '/items', body: { json: { name: '${{ input.name }}' } } },
      },
    },
  };
}
