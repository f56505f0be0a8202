/**
 * Attempts lie in pages, so that the journal of a run is found without those of a long loop's items: the page is a part of
 * what names an attempt. And runs whose automation says how many of them go on at a time name the group that they count in.
 */
export const pages = `
CREATE TABLE attempts_in_pages (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id),
  page TEXT NOT NULL,
  step TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  effect TEXT NOT NULL,
  input TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome TEXT,
  sleep_until INTEGER,
  UNIQUE (run, page, step, attempt)
) STRICT;
INSERT INTO attempts_in_pages (id, run, page, step, attempt, effect, input, started_at, finished_at, outcome, sleep_until)
  SELECT id, run, '', step, attempt, effect, input, started_at, finished_at, outcome, sleep_until FROM attempts;
DROP TABLE attempts;
ALTER TABLE attempts_in_pages RENAME TO attempts;

ALTER TABLE runs ADD COLUMN concurrency_group TEXT;
CREATE INDEX runs_in_groups ON runs (id) WHERE concurrency_group IS NOT NULL AND finished_at IS NULL;
`;
