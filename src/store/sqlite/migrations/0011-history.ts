/** How long the history is kept, large values once, what is sealed, and lists that stay quick in a long history. */
export const history = `
-- What waybill.json and account.json say of each account that serves. NULL is no bound.
CREATE TABLE account_history (
  account TEXT NOT NULL PRIMARY KEY,
  keep_ms INTEGER,
  keep_failed_ms INTEGER,
  max_bytes INTEGER
) STRICT;

-- Values that are large, once for each account. Their text may in turn refer to others.
CREATE TABLE large_values (
  account TEXT NOT NULL,
  digest BLOB NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, digest)
) STRICT;

-- Who needs a value: 'run <id>', or 'storage <key>'.
CREATE TABLE large_value_uses (
  account TEXT NOT NULL,
  owner TEXT NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (account, owner, digest),
  FOREIGN KEY (account, digest) REFERENCES large_values (account, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX large_value_uses_by_value ON large_value_uses (account, digest);

-- 1 where schemas of the plan mark data as sensitive: what its runs carry is sealed.
ALTER TABLE plans ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
UPDATE plans SET sealed = 1 WHERE instr(body, '"x-sensitive":"') > 0 OR instr(body, '"sensitive":"') > 0;

-- Plans that nobody needs are found, and may go, without a walk through all runs.
CREATE INDEX runs_by_plan ON runs (plan);
CREATE INDEX deployment_entries_by_plan ON deployment_entries (plan);

-- In the place of one by account and automation: it serves lists of an automation in all accounts as well.
CREATE INDEX runs_by_name ON runs (automation, id, account);
DROP INDEX runs_by_automation;
-- With account and automation in them, lists of few among many need not look at each run.
DROP INDEX runs_failed;
CREATE INDEX runs_failed ON runs (status, id, account, automation) WHERE failure IS NOT NULL;
DROP INDEX runs_unfinished;
CREATE INDEX runs_unfinished ON runs (id, account, automation) WHERE finished_at IS NULL;
`;
