import { createHash } from 'node:crypto';
import type { JsonObject } from '../../src/json/value.ts';

/** What a request to the service says of itself. */
export interface Request {
  /** `<run> <place>`, as the plan's own templates put it together. */
  place: string;
  kind: 'read' | 'idempotent' | 'keyed' | 'plain';
  key: string | undefined;
  input: JsonObject;
}

export type Reply = { status: 200; output: JsonObject } | { status: 400 };

/**
 * The service's own book of what really took place. It knows nothing of engines and journals, and finds what must not be.
 */
export class Ledger {
  /** What was done against the promise, in words. */
  readonly broken: string[] = [];
  private readonly done = new Map<string, { kind: Request['kind']; reply: Reply; times: number }>();
  private readonly keys = new Map<string, string>();

  /** The service does what it is asked for. */
  perform(request: Request): Reply {
    const { place, kind, key } = request;
    if (kind === 'keyed') this.checkKey(place, key);
    const entry = this.done.get(place);
    if (entry === undefined) {
      const reply = replyTo(request);
      this.done.set(place, { kind, reply, times: 1 });
      return reply;
    }
    if (kind === 'plain' && entry.reply.status === 200) this.broken.push(`the plain write of ${place} was done again`);
    entry.times += 1;
    return entry.reply;
  }

  /** What a place has come to, if it was ever done. */
  replyAt(place: string): Reply | undefined {
    return this.done.get(place)?.reply;
  }

  private checkKey(place: string, key: string | undefined): void {
    if (key === undefined) this.broken.push(`the keyed write of ${place} came without a key`);
    else if ((this.keys.get(key) ?? place) !== place) this.broken.push(`${place} came with the key of another`);
    else if (this.done.has(place) && !this.keys.has(key)) this.broken.push(`${place} came with a second key`);
    else this.keys.set(key, place);
  }
}

/** What the service answers follows from the request alone; one in ten it never takes. */
export function replyTo({ input }: Pick<Request, 'input'>): Reply {
  const digest = createHash('sha256').update(JSON.stringify(input)).digest();
  return digest.readUInt8(0) < 26 ? { status: 400 } : { status: 200, output: { value: digest.readUInt8(1) % 100 } };
}
