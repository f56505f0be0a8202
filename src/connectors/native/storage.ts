import type { Json, JsonObject } from '../../json/value.ts';
import type { StorageOperation } from '../../run/storage-operation.ts';

const DEFAULT_LIMIT = 100;

/** The operation that an action of the `storage` connector stands for; its input has been checked. */
export function storageOperation(action: string, input: JsonObject): StorageOperation {
  const key = textOf(input['key']);
  switch (action) {
    case 'get':
      return { kind: 'get', key };
    case 'set':
      return { kind: 'set', key, value: input['value'] ?? null };
    case 'delete':
      return { kind: 'delete', key };
    case 'list':
      return { kind: 'list', prefix: textOf(input['prefix']), limit: numberOf(input['limit'], DEFAULT_LIMIT) };
    case 'increment':
      return { kind: 'increment', key, by: numberOf(input['by'], 1) };
    default:
      throw new TypeError(`the storage has no action ${action}`);
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: Json | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
