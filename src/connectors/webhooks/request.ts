import type { RequestPart } from '../../generated/connector.ts';
import { parsePointer } from '../../json/pointer.ts';
import { ExactNumber, isJsonObject, ownProperty, type Json, type JsonObject } from '../../json/value.ts';

/** A request to a webhook, as schemes look at it. */
export interface WebhookRequest {
  /** In capitals. */
  method: string;
  /** The whole address as it was called, with its query. */
  url: string;
  /** Names in small letters. */
  headers: { [name: string]: string | string[] | undefined };
  /** As it came. */
  body: Uint8Array;
  /** What the body says; `undefined` where it cannot be read. */
  value: Json | undefined;
}

/** The request as expressions read it: `query`, `headers`, and `body` where it can be read. */
export function requestRoots({ url, headers, value }: WebhookRequest): JsonObject {
  const named = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  return {
    query: Object.fromEntries(new URL(url).searchParams),
    headers: Object.fromEntries(named),
    ...(value === undefined ? {} : { body: value }),
  };
}

/** What stands at a place of the request: several values where the place is a list, none where there is nothing. */
export function readPart(part: RequestPart, request: WebhookRequest): string[] {
  const { separator, prefix = '' } = part;
  const values = valuesAt(part, request);
  const items = separator === undefined ? values : values.flatMap((value) => value.split(separator));
  return items
    .map((item) => item.trim())
    .filter((item) => item.startsWith(prefix))
    .map((item) => item.slice(prefix.length))
    .filter((item) => item !== '');
}

/** The place in words, such as `the header X-Hub-Signature-256`. */
export function describePart({ header, query, body = '' }: RequestPart): string {
  if (header !== undefined) return `the header ${header}`;
  return query !== undefined ? `the query parameter ${query}` : `the body's ${body.slice(1).replaceAll('/', '.')}`;
}

function valuesAt({ header, query, body = '' }: RequestPart, request: WebhookRequest): string[] {
  if (header !== undefined) return [request.headers[header.toLowerCase()] ?? []].flat();
  if (query !== undefined) return new URL(request.url).searchParams.getAll(query);
  let value: Json | undefined = request.value;
  for (const token of parsePointer(body))
    value = Array.isArray(value) ? value[Number(token)] : isJsonObject(value) ? ownProperty(value, token) : undefined;
  if (value instanceof ExactNumber) return [value.text];
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}
