/** What people decide of runs: replays name their origin, and accounts and automations are paused. */
export const control = `
ALTER TABLE runs ADD COLUMN origin TEXT;
CREATE INDEX runs_by_origin ON runs (origin) WHERE origin IS NOT NULL;

-- An empty automation stands for all of the account.
CREATE TABLE pauses (
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (account, automation)
) STRICT, WITHOUT ROWID;
`;
