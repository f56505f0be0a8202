/**
 * The floor: the least that any program would have to do for one delivery. A bare Fastify route makes two durable
 * writes (group-committed, as fast as SQLite allows) around one call to the service, and answers. No checks, no types,
 * no history. Prints its port; `FLOOR_SERVICE` names the service's address.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import { Pool } from 'undici';

const [folder = '', service = ''] = process.argv.slice(2);
const database = new DatabaseSync(join(folder, 'floor.db'));
database.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, received TEXT, result TEXT)',
);
const insert = database.prepare('INSERT INTO t (id, received) VALUES (?, ?)');
const update = database.prepare('UPDATE t SET result = ? WHERE id = ?');
const pool = new Pool(service, { connections: 64 });
let pending: { write: () => void; done: () => void }[] = [];
let lastId = 0;
let finished = 0;

const app = Fastify();
app.post('/accepted', async (request, reply) => {
  const { id, text } = await receive(request.body);
  void finish(id, text);
  return reply.status(202).send({ id });
});
app.post('/finished', async (request) => {
  const { id, text } = await receive(request.body);
  return { summary: await finish(id, text) };
});
app.get('/count', () => ({ finished }));
await app.listen({ port: 0, host: '127.0.0.1' });
const url = `http://127.0.0.1:${(app.server.address() as { port: number }).port}`;
console.log(JSON.stringify({ url, counter: `${url}/count` }));

async function receive(body: unknown): Promise<{ id: number; text: string }> {
  const id = ++lastId;
  await commit(() => insert.run(id, JSON.stringify(body)));
  return { id, text: (body as { text: string }).text };
}

async function finish(id: number, text: string): Promise<string> {
  const answer = await pool.request({
    method: 'POST',
    path: '/v1/messages',
    headers: { 'content-type': 'application/json', 'x-api-key': 'sk-ant-bench', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: 'bench', max_tokens: 200, messages: [{ role: 'user', content: text }] }),
  });
  const summary = ((await answer.body.json()) as { content: [{ text: string }] }).content[0].text;
  await commit(() => update.run(summary, id));
  finished++;
  return summary;
}

function commit(write: () => void): Promise<void> {
  return new Promise((done) => {
    pending.push({ write, done });
    if (pending.length === 1) setImmediate(flush);
  });
}

function flush(): void {
  const batch = pending;
  pending = [];
  database.exec('BEGIN');
  for (const { write } of batch) write();
  database.exec('COMMIT');
  for (const { done } of batch) done();
}
