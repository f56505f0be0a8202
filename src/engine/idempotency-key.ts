import { createHash } from 'node:crypto';

/**
 * The key that all attempts of a step of a run send along, so that the service does the request once: a UUID of version 8
 * (RFC 9562), the form that most services take. `path` names the step within the run.
 */
export function idempotencyKey(run: string, path: string): string {
  const bytes = createHash('sha256').update(`${run} ${path}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
