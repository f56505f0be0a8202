import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface KeptFile {
  name: string;
  bytes: Buffer;
}

/** No secret, in any form, and neither end of one, is in what was shown or in what is on the disk. */
export function assertNowhere(secrets: readonly string[], shown: readonly string[], files: readonly KeptFile[]): void {
  for (const secret of secrets)
    for (const form of [...formsOf(secret), basicOf(secret).slice(2, -4), secret.slice(0, 12), secret.slice(-12)]) {
      for (const one of shown) assert.ok(!one.includes(form), `${secret} as ${form} in: ${one}`);
      for (const { name, bytes } of files) assert.equal(bytes.indexOf(form), -1, `${secret} as ${form} in ${name}`);
    }
}

/** All files of a folder, wherever below it they are. */
export async function filesBelow(folder: string): Promise<KeptFile[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (name) => ({ name, bytes: await readFile(name) })));
}

/** The forms in which a secret is looked for, written down apart from those that the product takes out. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const strict = encodeURIComponent(secret).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll(/%../g, (escape) => escape.toLowerCase()),
    strict.replaceAll(/%../g, (escape) => escape.toUpperCase()),
    strict.replaceAll(/%../g, (escape) => escape.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
    escapeHtml(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ];
}

/** As Basic authentication sends it. */
export function basicOf(secret: string): string {
  return Buffer.from(`:${secret}`).toString('base64');
}

export function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
