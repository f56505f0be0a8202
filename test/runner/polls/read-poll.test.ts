import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../../src/json/value.ts';
import type { Outcome } from '../../../src/run/failure.ts';
import type { LivePoll } from '../../../src/runner/polls/live-poll.ts';
import { readPoll } from '../../../src/runner/polls/read-poll.ts';
import { samplePoll } from './sample-poll.ts';

interface Row {
  id: number;
  at: number;
}

const PAGE = 3;
const TIME = { item: '${{ item.at }}', as: 'number' } as const;

/** The ways in which services list, each with what a connector says of it. */
const SERVICES: { name: string; poll: LivePoll; list: (rows: Row[], since: number) => Row[] }[] = [
  {
    name: 'oldest first, since a cursor',
    poll: samplePoll({ order: 'oldest_first', cursor: TIME }),
    list: (rows, since) => rows.filter(({ at }) => at >= since),
  },
  {
    name: 'newest first, since a cursor',
    poll: samplePoll({ order: 'newest_first', cursor: TIME }),
    list: (rows, since) => rows.filter(({ at }) => at >= since).toReversed(),
  },
  { name: 'newest first, no cursor', poll: samplePoll({ order: 'newest_first' }), list: (rows) => rows.toReversed() },
  {
    name: 'in any order, since a cursor',
    poll: samplePoll({ order: 'any', cursor: TIME }),
    list: (rows, since) => rows.filter(({ at }) => at >= since).toSorted((a, b) => (a.id % 5) - (b.id % 5)),
  },
  { name: 'in any order, no cursor', poll: samplePoll({}), list: (rows) => rows },
];

/** What a poll knows, kept as the store keeps it. */
class Watcher {
  readonly events: Json[] = [];
  private readonly seen = new Set<string>();
  private cursor: Json | undefined;
  private begun = false;

  /** `cut`: everything is read and the process dies before it is kept. */
  async poll(
    poll: LivePoll,
    ask: (input: Json) => Promise<Outcome>,
    first: 'all' | 'from_now',
    cut = false,
  ): Promise<void> {
    const onlyNote = !this.begun && first === 'from_now';
    const seen = (keys: readonly string[]): Set<string> => new Set(keys.filter((key) => this.seen.has(key)));
    const reading = await readPoll({ poll, cursor: this.cursor, onlyNote, seen, ask });
    assert.ok(!('failure' in reading), JSON.stringify(reading));
    if (cut) return;
    this.begun = true;
    this.cursor = reading.cursor;
    for (const key of reading.keys) this.seen.add(key);
    this.events.push(...reading.fresh);
  }
}

/** Adds rows of one instant, or polls. A page may show a row that the page before had: rows come in between. */
const step = fc.oneof(
  fc.record({ add: fc.integer({ min: 1, max: 8 }), later: fc.boolean() }),
  fc.record({ cut: fc.boolean(), between: fc.boolean() }),
);

for (const { name, poll, list } of SERVICES) {
  test(`${name}: no row is missed and none comes twice`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.constantFrom('all', 'from_now'), async (steps, first) => {
        const rows: Row[] = [];
        let clock = 1;
        const add = (): void => void rows.push({ id: rows.length + 1, at: clock });
        const watcher = new Watcher();
        let before: number | undefined;
        const asking =
          (between: boolean) =>
          async (input: Json): Promise<Outcome> => {
            const { cursor = 0, page = 0 } = input as { cursor?: number; page?: number };
            const listed = list(rows, cursor);
            const items = listed.slice(page, page + PAGE) as unknown as Json[];
            const next = page + PAGE < listed.length ? { next: page + PAGE } : {};
            if (between && before !== undefined && page === 0) add();
            return { ok: true, output: { items, ...next } };
          };
        for (const one of [...steps, { cut: false, between: false }]) {
          if ('add' in one) {
            if (one.later) clock++;
            for (let count = 0; count < one.add; count++) add();
          } else {
            const there = rows.length;
            await watcher.poll(poll, asking(one.between), first, one.cut);
            if (!one.cut) before ??= there;
          }
        }
        await watcher.poll(poll, asking(false), first);
        const expected = rows.slice(first === 'all' ? 0 : before).map(({ id }) => id);
        const got = watcher.events.map((event) => (event as { id: number }).id);
        assert.deepEqual(
          got.toSorted((a, b) => a - b),
          expected,
        );
      }),
      { numRuns: 150 },
    );
  });
}

async function readOnce(poll: LivePoll, outputs: Json[], more: { cursor?: Json; onlyNote?: boolean } = {}) {
  const inputs: Json[] = [];
  const reading = await readPoll({
    poll,
    cursor: more.cursor,
    onlyNote: more.onlyNote ?? false,
    seen: () => new Set(),
    ask: async (input) => {
      inputs.push(input);
      return { ok: true, output: outputs[inputs.length - 1] ?? outputs.at(-1) ?? null };
    },
  });
  return { reading, inputs };
}

test('runs are started oldest first', async () => {
  const newest = samplePoll({ order: 'newest_first' });
  const { reading } = await readOnce(newest, [{ items: [{ id: 3 }, { id: 2 }], next: 2 }, { items: [{ id: 1 }] }]);
  assert.deepEqual('fresh' in reading && reading.fresh, [{ id: 1 }, { id: 2 }, { id: 3 }]);
});

const asked = async (as: 'iso8601' | 'unix_s' | 'unix_ms', cursor: Json): Promise<Json> => {
  const poll = samplePoll({ cursor: { item: '${{ item.at }}', as, lookback_s: 60 } });
  return (await readOnce(poll, [{ items: [] }], { cursor })).inputs[0] ?? null;
};

test('the next request goes back by the lookback, in the form of the cursor', async () => {
  assert.deepEqual(await asked('iso8601', '2026-01-31T10:00:00+01:00'), { cursor: '2026-01-31T08:59:00.000Z' });
  assert.deepEqual(await asked('unix_s', 1_700_000_000), { cursor: 1_699_999_940 });
  assert.deepEqual(await asked('unix_ms', '1700000000000'), { cursor: 1_699_999_940_000 });
});

test('a cursor that the service gives is that of the last page, and stays where it gives none', async () => {
  const poll = samplePoll({ cursor: { response: '${{ response.body.sync }}' } });
  const { reading } = await readOnce(poll, [
    { items: [], next: 1, cursor: 'a' },
    { items: [], cursor: 'b' },
  ]);
  assert.equal('cursor' in reading && reading.cursor, 'b');
  const { reading: none, inputs } = await readOnce(poll, [{ items: [] }], { cursor: 'b' });
  assert.deepEqual(['cursor' in none && none.cursor, inputs], ['b', [{ cursor: 'b' }]]);
});

test('cursors with more digits than a double holds are compared exactly', async () => {
  const poll = samplePoll({ cursor: { item: '${{ item.n }}', as: 'number' } });
  const items = ['9007199254740993', '9007199254740992', '999'].map((n, id) => ({ id, n }));
  const { reading } = await readOnce(poll, [{ items }]);
  assert.equal('cursor' in reading && reading.cursor, '9007199254740993');
});

const failure = async (poll: LivePoll, outputs: Json[]): Promise<string> => {
  const { reading } = await readOnce(poll, outputs);
  return 'failure' in reading ? `${reading.failure.code}: ${reading.failure.message}` : 'none';
};

test('what cannot be read is a failure in words, and pages without end stop', async () => {
  assert.match(await failure(samplePoll(), [{ items: 'x' }]), /poll_not_read: Shop answered shop.order without a list/);
  assert.match(
    await failure(samplePoll(), [{ items: [{ name: 'x' }] }]),
    /poll_not_read: an item of shop.order cannot be read/,
  );
  assert.match(
    await failure(samplePoll(), [{ items: [{ id: 1 }], next: 1 }]),
    /poll_too_long: Shop has more than 200 pages/,
  );
});
