import { randomBytes } from 'node:crypto';

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
  const time = lastTime.toString(16).padStart(12, '0');
  const random = randomBytes(8);
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const tail = random.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
