import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAttempt } from '../../src/cli/render-run.ts';

test('what is not as documented in an output is shown with the attempt', () => {
  const shown = renderAttempt({
    attempt: 1,
    input: {},
    output: { id: 7 },
    warnings: ['id must be a string'],
    failure: undefined,
    started_at: '2026-01-01T00:00:00Z',
    finished_at: undefined,
    duration_ms: undefined,
    retry_at: undefined,
    waits_until: undefined,
  });
  assert.match(shown, /output +\{"id":7\}\n +warning +the output is not as documented: id must be a string/);
});
