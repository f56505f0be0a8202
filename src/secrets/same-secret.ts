import { timingSafeEqual } from 'node:crypto';

/** Whether both are the same, in a time that does not tell where they differ. How long the right one is may be told. */
export function isSameSecret(given: string | Buffer, expected: string | Buffer): boolean {
  const [left, right] = [bytesOf(given), bytesOf(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function bytesOf(secret: string | Buffer): Buffer {
  return typeof secret === 'string' ? Buffer.from(secret) : secret;
}
