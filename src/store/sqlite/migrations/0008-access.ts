/** Who may use the API, and what they did. Of tokens and sessions only hashes are kept. */
export const access = `
CREATE TABLE tokens (
  id TEXT NOT NULL PRIMARY KEY,
  -- SHA-256 of the token, hex.
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  -- JSON list of accounts; NULL is all of them.
  accounts TEXT,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE sessions (
  hash TEXT NOT NULL PRIMARY KEY,
  token TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  account TEXT,
  status INTEGER NOT NULL,
  address TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_account ON audit (account, id);

-- Addresses of webhooks that were replaced and are still taken for a while.
CREATE TABLE former_hooks (
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  secret TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (account, automation, secret)
) STRICT, WITHOUT ROWID;
`;
