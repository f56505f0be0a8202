/** How accounts are deployed. The whole is the account without a name. */
export const inventory = `
-- What starts the automation, so that its plan need not be read to know it.
ALTER TABLE deployment_entries ADD COLUMN trigger TEXT;

CREATE TABLE inventory (
  account TEXT NOT NULL PRIMARY KEY,
  status TEXT NOT NULL,
  reason TEXT,
  attempted TEXT,
  applied TEXT,
  made_of TEXT,
  changed_at INTEGER NOT NULL,
  recent TEXT NOT NULL
) STRICT;

-- Encrypted, as they lie in git: a runner that starts without a network has them.
CREATE TABLE account_secrets (
  account TEXT NOT NULL,
  path TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE deploy_control (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL
) STRICT;

CREATE TABLE reconciliations (
  id INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
`;
