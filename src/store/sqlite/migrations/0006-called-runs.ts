/** Runs that steps of other runs called, and runs at rest. */
export const calledRuns = `
ALTER TABLE runs ADD COLUMN parent_run TEXT;
ALTER TABLE runs ADD COLUMN parent_step TEXT;
-- Of a run at rest: the instant at which it goes on if nothing else wakes it.
ALTER TABLE runs ADD COLUMN wake_at INTEGER;

CREATE INDEX runs_by_parent ON runs (parent_run, created_at) WHERE parent_run IS NOT NULL;
CREATE INDEX runs_by_wake ON runs (wake_at) WHERE wake_at IS NOT NULL;
`;
