import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Line } from '../../src/engine/line.ts';

test('a line gives what came first, whatever is taken and taken out in between, as an array does', () => {
  const command = fc.oneof(
    fc.nat(20).map((item) => ({ kind: 'add', item }) as const),
    fc.constant({ kind: 'take' } as const),
    fc.nat(20).map((item) => ({ kind: 'remove', item }) as const),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const line = new Line<number>();
      let model: number[] = [];
      for (const one of commands) {
        if (one.kind === 'add') {
          line.add(one.item);
          model.push(one.item);
        } else if (one.kind === 'take') assert.equal(line.take(), model.shift());
        else {
          const gone = line.remove((item) => item === one.item);
          assert.equal(gone.length, model.filter((item) => item === one.item).length);
          model = model.filter((item) => item !== one.item);
        }
        assert.deepEqual([line.size, line.first(), line.waiting()], [model.length, model[0], model]);
      }
    }),
  );
});
