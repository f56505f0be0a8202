import { readPart, requestRoots, type WebhookRequest } from '../../connectors/webhooks/request.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import type { Evaluator } from '../../language/evaluate.ts';
import { EvaluationError } from '../../language/evaluation-error.ts';
import type { LiveEvent } from './live-event.ts';

/** One event that starts a run. */
export interface FoundEvent {
  event: Json;
  /** Names it, so that a repeat is known; absent where nothing does. */
  name?: string;
}

/**
 * The events of a delivery that a trigger wants. Throws `EvaluationError` or `TypeError` where the delivery is not as the
 * connector says.
 */
export function readEvents(live: LiveEvent, request: WebhookRequest): FoundEvent[] {
  if (!isWantedKind(live, request)) return [];
  const roots: JsonObject = { ...live.roots, ...requestRoots(request) };
  const list = listOf(live, roots);
  if (list === undefined) return isWanted(live.when, roots) ? [found(live, request, roots, undefined)] : [];
  return list.flatMap((item, index) => {
    const all = { ...roots, item };
    return isWanted(live.when, all) ? [found(live, request, all, index)] : [];
  });
}

/** Where the scheme says what kind of event a delivery holds. */
function isWantedKind({ kinds, items, trigger }: LiveEvent, request: WebhookRequest): boolean {
  const part = trigger.verify.scheme.event;
  if (kinds === undefined || items !== undefined || part === undefined) return true;
  return readPart(part, request).some((kind) => kinds.includes(kind));
}

function listOf({ items }: LiveEvent, roots: JsonObject): Json[] | undefined {
  if (items === undefined) return undefined;
  const list = items({ body: roots['body'] ?? null });
  if (!Array.isArray(list)) throw new TypeError('the delivery has no list of events');
  return list;
}

function isWanted(when: Evaluator | undefined, roots: JsonObject): boolean {
  if (when === undefined) return true;
  try {
    return when(roots) === true;
  } catch (error) {
    // It reads what this kind of event does not have.
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}

function found(live: LiveEvent, request: WebhookRequest, roots: JsonObject, index: number | undefined): FoundEvent {
  const event = live.event === undefined ? (roots['item'] ?? roots['body']) : live.event(roots);
  const name = nameOf(live, request, roots, index);
  return { event: event ?? null, ...(name === undefined ? {} : { name }) };
}

function nameOf(
  { id, trigger }: LiveEvent,
  request: WebhookRequest,
  roots: JsonObject,
  index: number | undefined,
): string | undefined {
  if (id !== undefined) {
    const value = id(roots) ?? '';
    const name = typeof value === 'string' ? value : JSON.stringify(value);
    return name === '' ? undefined : name;
  }
  const part = trigger.verify.scheme.delivery_id;
  const [delivery] = part === undefined ? [] : readPart(part, request);
  return delivery === undefined || index === undefined ? delivery : `${delivery} ${index}`;
}
