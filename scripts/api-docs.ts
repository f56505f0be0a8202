/** Writes docs/openapi.json and docs/roles.md from the routes of the server; `--check` fails where they are not current. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderSource } from '../src/runner/deploy/folder-source.ts';
import { Runner } from '../src/runner/runner.ts';
import { API } from '../src/server/access/guard.ts';
import { ROLES } from '../src/server/access/roles.ts';
import { ROUTE_ACCESS, type AccountsFrom } from '../src/server/access/route-access.ts';
import { createServer } from '../src/server/server.ts';

const docs = join(import.meta.dirname, '..', 'docs');

const WHICH: { [from in AccountsFrom]: string } = {
  listed: 'shows those of the token',
  path: 'the path names it',
  body: 'the body names it; without one, all',
  run: "the run's",
  refusal: "the delivery's",
  token: "the token's",
  none: 'concerns none',
};

write('openapi.json', `${JSON.stringify(await openApi(), undefined, 2)}\n`);
write('roles.md', roles());

/** The document as a runner serves it. */
async function openApi(): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-docs-'));
  const runner = new Runner({
    source: new FolderSource(folder),
    data: join(folder, 'data'),
    identities: () => Promise.resolve([]),
    reroutes: new Map(),
    onError: (error) => console.error(error),
  });
  const app = createServer(runner, { token: 'none' });
  await app.ready();
  const document = app.swagger();
  await app.close();
  await runner.close();
  rmSync(folder, { recursive: true });
  return document;
}

function roles(): string {
  const routes = Object.entries(ROUTE_ACCESS);
  const api = routes.flatMap(([route, access]) =>
    'open' in access ? [] : [[code(route.replace(API, '')), access.role, WHICH[access.accounts], access.does]],
  );
  const open = routes.flatMap(([route, access]) => ('open' in access ? [[code(route), access.open]] : []));
  return `# Roles

A token has one role, for some accounts or for all. Each role may do what those above it in the table may. How tokens are
made is in the [guide to access](guides/access.md), what they protect in [security](security.md).

${table(
  ['role', 'what it may do'],
  Object.entries(ROLES).map(([role, does]) => [code(role), does]),
)}

## What each route of the API asks for

Paths begin with \`${API}\`. A call that concerns an account which the token is not for is answered like one for an
account that does not exist.

${table(['route', 'least role', 'account', 'what it does'], api)}

## Open routes

${table(['route', 'what guards it'], open)}
`;
}

function write(name: string, text: string): void {
  const file = join(docs, name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`docs/${name} is not current: run npm run generate`);
    process.exitCode = 1;
  }
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
