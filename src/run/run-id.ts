import { createHash, randomUUID } from 'node:crypto';

let lastTime = 0;
let counter = 0;

/** A new UUID version 7 (RFC 9562 §5.7), greater than every one that this process made before. */
export function newRunId(now: number): string {
  // Within a millisecond, and when the clock goes back, a counter keeps the order (§6.2, method 1).
  if (now > lastTime) {
    lastTime = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastTime += 1;
    counter = 0;
  }
  // Node draws the bits of its UUIDs in stock; the last 64 have the variant and 62 random ones, as version 7 wants them.
  return `${head(lastTime, counter)}-${randomUUID().slice(19)}`;
}

/** No run that began before the instant has an id as great as this, and every later one has a greater one. */
export function firstRunId(instant: number): string {
  return layOut(instant, 0, Buffer.alloc(8));
}

/** The id of the run that `name` gives at an instant: always the same, so that it is started once whatever happens. */
export function namedRunId(instant: number, name: string): string {
  const hash = createHash('sha256').update(name).digest();
  return layOut(instant, hash.readUInt16BE(8) & 0xfff, hash.subarray(0, 8));
}

/**
 * The id of the run that a step of a run calls. It has the time of the run that calls, so that both stand together in a list,
 * and follows from its arguments alone: whoever starts that run again starts the same.
 */
export function calledRunId(run: string, step: string): string {
  return namedRunId(Number.parseInt(run.replace('-', '').slice(0, 12), 16), `${run} ${step}`);
}

/** Milliseconds, 12 bits and 62 bits as a UUID version 7. */
function layOut(instant: number, high: number, low: Buffer): string {
  const tail = Buffer.from(low);
  tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80;
  const hex = tail.toString('hex');
  return `${head(instant, high)}-${hex.slice(0, 4)}-${hex.slice(4)}`;
}

function head(instant: number, high: number): string {
  const time = instant.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high.toString(16).padStart(3, '0')}`;
}
