/** Instants are milliseconds since 1970-01-01T00:00:00Z. Columns with JSON hold its text. */
export const initial = `
CREATE TABLE plans (
  digest TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE deployments (
  id INTEGER PRIMARY KEY,
  created_at INTEGER NOT NULL,
  source TEXT NOT NULL
) STRICT;

CREATE TABLE deployment_entries (
  deployment INTEGER NOT NULL REFERENCES deployments (id),
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  plan TEXT NOT NULL REFERENCES plans (digest),
  PRIMARY KEY (deployment, account, automation)
) STRICT, WITHOUT ROWID;

CREATE TABLE hooks (
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  secret TEXT NOT NULL,
  PRIMARY KEY (account, automation)
) STRICT, WITHOUT ROWID;

-- Ids are UUIDs version 7, so every index that ends in id is in order of time.
CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  plan TEXT NOT NULL REFERENCES plans (digest),
  status TEXT NOT NULL,
  trigger TEXT NOT NULL,
  output TEXT,
  failure TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER
) STRICT;

CREATE INDEX runs_by_account ON runs (account, id);
CREATE INDEX runs_by_automation ON runs (account, automation, id);
-- Most runs have succeeded, so the others are found by small indices that those never enter or soon leave.
CREATE INDEX runs_unfinished ON runs (id) WHERE finished_at IS NULL;
CREATE INDEX runs_failed ON runs (status, id) WHERE failure IS NOT NULL;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id),
  step TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  effect TEXT NOT NULL,
  input TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome TEXT,
  sleep_until INTEGER,
  UNIQUE (run, step, attempt)
) STRICT;

CREATE TABLE storage (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT;

CREATE TABLE refusals (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  reason TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE INDEX refusals_by_automation ON refusals (account, automation, number);
`;
