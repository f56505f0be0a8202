import { pipeline, type Duplex, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { Response } from '../generated/plan.ts';
import { parseJson } from '../json/parse.ts';
import type { Json } from '../json/value.ts';
import type { Dispatcher } from 'undici';

/** Bytes of an answer, packed or not. */
export const MAX_ANSWER = 10 * 1024 * 1024;

/** What `accept-encoding` says, and all that `readBounded` unpacks. */
export const ENCODINGS = 'gzip, deflate, br, zstd';

const UNPACKERS: { [encoding: string]: () => Duplex } = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * Reads and unpacks an answer, and stops where it grows beyond the limit: a small packed answer can be huge. Throws an
 * error named `AnswerTooLarge`, `AnswerNotUnpacked` where it is packed in another way than it says, or what the
 * connection throws.
 */
export async function readBounded(body: Dispatcher.ResponseData['body'], encoding = 'identity'): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  const unpacker = UNPACKERS[name];
  if (unpacker === undefined && name !== 'identity' && name !== '') {
    // Nobody reads it, so nobody else would hear that it ended early.
    body.on('error', () => undefined).destroy();
    throw named('AnswerNotUnpacked', `the answer is packed as ${name}`);
  }
  if (unpacker === undefined) {
    const bytes = await body.bytes();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  try {
    return await collect(
      pipeline(body, unpacker(), () => undefined),
      body,
    );
  } catch (error) {
    // What zlib says of a damaged stream has its own codes; a cut connection keeps undici's.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw /^(Z_|ERR_|ZSTD_)/.test(code) ? named('AnswerNotUnpacked', `the answer is no ${name}`) : error;
  }
}

/** The body as the connector's templates see it. */
export function parseBody(bytes: Buffer, contentType = '', as?: Response['as']): Json {
  if (as === 'base64') return bytes.toString('base64');
  const text = bytes.toString('utf8');
  if (as === 'text') return text;
  if (as === 'json' || /[/+]json\b/i.test(contentType)) {
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  }
  return /^application\/x-www-form-urlencoded\b/i.test(contentType)
    ? Object.fromEntries(new URLSearchParams(text))
    : text;
}

/** By events: an iterator would cost several times as much for what is mostly one chunk. */
function collect(stream: Readable, source: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_ANSWER) {
        chunks.push(chunk);
        return;
      }
      reject(named('AnswerTooLarge', `the answer has more than ${MAX_ANSWER} bytes`));
      stream.destroy();
      source.destroy();
    });
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('the connection was closed in the midst of the answer')));
  });
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
