import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAttempt } from '../../src/cli/render-run.ts';

test('what is not as documented in an output is shown with the attempt', () => {
  const shown = renderAttempt({
    attempt: 1,
    input: {},
    input_bytes: 2,
    output: { id: 7 },
    output_bytes: 8,
    warnings: ['id must be a string'],
    failure: undefined,
    started_at: '2026-01-01T00:00:00Z',
    finished_at: undefined,
    duration_ms: undefined,
    retry_at: undefined,
    waits_until: undefined,
  });
  assert.match(shown, /attempt 1, under way, 2 bytes in, 8 bytes out\n/);
  assert.match(shown, /output +\{"id":7\}\n +warning +the output is not as documented: id must be a string/);
});

test('a wait that the end of its run cut off is not shown as one that goes on', () => {
  const attempt = {
    attempt: 1,
    input: { approval: 'Pay?' },
    input_bytes: 19,
    output: undefined,
    output_bytes: undefined,
    warnings: undefined,
    failure: undefined,
    started_at: '2026-01-01T00:00:00Z',
    finished_at: undefined,
    duration_ms: undefined,
    retry_at: undefined,
    waits_until: '2026-01-02T00:00:00Z',
  };
  assert.match(renderAttempt(attempt), /under way[^]*waits until 2026-01-02/);
  assert.doesNotMatch(renderAttempt(attempt, true), /under way|waits until/);
});
