import { EvaluationError } from '../../language/evaluation-error.ts';
import { isJsonObject, type Json } from '../../json/value.ts';
import type { Failure, Outcome } from '../../run/failure.ts';
import type { FailureCode } from '../../run/failure-code.ts';
import { comparable, lookBack, type Comparable } from './cursor.ts';
import type { LivePoll } from './live-poll.ts';

/** What is there. */
export interface PollReading {
  /** What happened since, oldest first. */
  fresh: Json[];
  /** Of all that was read. */
  keys: string[];
  cursor: Json | undefined;
}

export interface PollQuestion {
  poll: LivePoll;
  /** How far the last poll came. */
  cursor: Json | undefined;
  /** No poll has succeeded, and what is there now is not to start runs. */
  onlyNote: boolean;
  /** Which of the keys were seen before. */
  seen: (keys: readonly string[]) => ReadonlySet<string>;
  /** Makes the request for one page. */
  ask: (input: Json) => Promise<Outcome>;
}

/** Pages of one poll: a service whose pages never end must not keep it for good. */
const MAX_PAGES = 200;

/**
 * Asks page by page for what is there. Either all that may be new was read, or, where the service lists the oldest first, a
 * part of it up to the cursor that is given, so that the next poll goes on there.
 */
export async function readPoll(question: PollQuestion): Promise<PollReading | { failure: Failure }> {
  const reader = new PollReader(question);
  const { poll, cursor, ask } = question;
  const { cursor: spec } = poll.trigger.poll;
  const from = cursor === undefined ? {} : { cursor: spec === undefined ? cursor : lookBack(spec, cursor) };
  let page: Json | undefined;
  for (let pages = 1; ; pages++) {
    const outcome = await ask({ ...poll.input, ...from, ...(page === undefined ? {} : { page }) });
    if (!outcome.ok) return { failure: outcome.failure };
    const failure = reader.take(outcome.output);
    if (failure !== undefined) return { failure };
    page = isJsonObject(outcome.output) ? (outcome.output['next'] ?? undefined) : undefined;
    if (page === undefined || reader.reachedKnown()) return reader.reading();
    if (pages < MAX_PAGES) continue;
    if (reader.canGoOn()) return reader.reading();
    const message = `${poll.connector.title} has more than ${MAX_PAGES} pages for ${poll.trigger.on}`;
    return { failure: broken('poll_too_long', message, 'ask for less with the fields of "with"') };
  }
}

interface Item {
  key: string;
  event: Json;
  at: Comparable | undefined;
}

class PollReader {
  private readonly question: PollQuestion;
  private readonly items = new Map<string, Item>();
  private readonly known = new Set<string>();
  private readonly low: Comparable | undefined;
  private greatest: { at: Comparable; value: Json } | undefined;
  private given: Json | undefined;

  constructor(question: PollQuestion) {
    this.question = question;
    const { cursor, poll } = question;
    const { cursor: spec } = poll.trigger.poll;
    if (spec?.item === undefined || cursor === undefined) return;
    this.low = comparable(spec, lookBack(spec, cursor));
    const at = comparable(spec, cursor);
    if (at !== undefined) this.greatest = { at, value: cursor };
  }

  /** Takes a page; gives a failure where it cannot be read. */
  take(output: Json): Failure | undefined {
    const { items, cursor } = isJsonObject(output) ? output : {};
    const { poll, seen } = this.question;
    if (!Array.isArray(items)) {
      return broken('poll_not_read', `${poll.connector.title} answered ${poll.trigger.on} without a list`);
    }
    if (cursor !== undefined) this.given = cursor;
    try {
      const page = items.map((item) => this.read(item));
      const before = seen(page.map(({ key }) => key));
      for (const item of page) {
        if (before.has(item.key) || this.isOld(item)) this.known.add(item.key);
        this.items.set(item.key, item);
      }
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return broken('poll_not_read', `an item of ${poll.trigger.on} cannot be read: ${error.message}`);
    }
    return undefined;
  }

  /** What follows in the list is older than what is known. */
  reachedKnown(): boolean {
    const { poll, onlyNote } = this.question;
    if (poll.trigger.poll.order !== 'newest_first') return false;
    // What lies before the newest is old from now on.
    return this.known.size > 0 || (onlyNote && this.greatest !== undefined);
  }

  /** What was not read is no loss: the next poll begins where this one ends, or all of it is older than what was noted. */
  canGoOn(): boolean {
    const { poll, onlyNote } = this.question;
    const { order } = poll.trigger.poll;
    return order === 'oldest_first' ? this.greatest !== undefined : order === 'newest_first' && onlyNote;
  }

  reading(): PollReading {
    const { poll, cursor, onlyNote } = this.question;
    const listed = [...this.items.values()];
    const inOrder = poll.trigger.poll.order === 'newest_first' ? listed.toReversed() : listed;
    const fresh = onlyNote ? [] : inOrder.filter(({ key }) => !this.known.has(key)).map(({ event }) => event);
    return { fresh, keys: listed.map(({ key }) => key), cursor: this.greatest?.value ?? this.given ?? cursor };
  }

  private read(item: Json): Item {
    const { poll } = this.question;
    const key = poll.key({ item });
    if (key === undefined || key === null)
      throw new EvaluationError('absent_value', 'it has no key', { start: 0, end: 0 });
    const event = poll.event({ item }) ?? null;
    const value = poll.cursorOfItem?.({ item });
    const { cursor: spec } = poll.trigger.poll;
    const at = spec === undefined ? undefined : comparable(spec, value);
    if (at !== undefined && value !== undefined && (this.greatest === undefined || at > this.greatest.at))
      this.greatest = { at, value };
    return { key: typeof key === 'string' ? key : JSON.stringify(key), event, at };
  }

  private isOld({ at }: Item): boolean {
    return at !== undefined && this.low !== undefined && at < this.low;
  }
}

function broken(code: FailureCode, message: string, help?: string): Failure {
  return { class: 'permanent', code, message, ...(help === undefined ? {} : { help }) };
}
