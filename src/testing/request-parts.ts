import { isDeepStrictEqual } from 'node:util';
import type { TestRequest } from '../generated/test.ts';
import { isJsonObject, ownProperty, type Json } from '../json/value.ts';
import { stepIdOf } from '../run/try-path.ts';
import type { SentRequest } from './played-services.ts';

/** The parts in which a sent request is not one of those that a case names: none where it is. */
export function otherParts(wanted: TestRequest, sent: SentRequest): (keyof TestRequest)[] {
  const fits: { [part in keyof TestRequest]: boolean } = {
    step: wanted.step === undefined || isStep(wanted.step, sent.step),
    method: (wanted.method ?? sent.method) === sent.method,
    host: (wanted.host ?? sent.host) === sent.host,
    path: (wanted.path ?? sent.path) === sent.path,
    query: wanted.query === undefined || isDeepStrictEqual(wanted.query, sent.query ?? {}),
    headers: hasParts(wanted.headers ?? {}, sent.headers ?? {}),
    body: wanted.body === undefined || (sent.body !== undefined && hasParts(wanted.body, sent.body)),
  };
  return (Object.keys(fits) as (keyof TestRequest)[]).filter((part) => fits[part] === false);
}

/** Whether a step's path within the run, such as `each[2].send`, is meant by a name: the path itself, or the step's id. */
export function isStep(name: string, path: string): boolean {
  return name === path || name === stepIdOf(path);
}

/** Whether a value has all that another one names: objects may have more properties. */
function hasParts(wanted: Json, value: Json): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(value) &&
      wanted.length === value.length &&
      wanted.every((item, index) => hasParts(item, value[index] ?? null))
    );
  if (!isJsonObject(wanted)) return isDeepStrictEqual(wanted, value);
  return (
    isJsonObject(value) &&
    Object.entries(wanted).every(([key, item]) => {
      const own = ownProperty(value, key);
      return own !== undefined && hasParts(item, own);
    })
  );
}
