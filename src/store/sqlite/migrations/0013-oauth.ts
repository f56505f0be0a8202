/** What people granted, and the consents that are under way. Tokens and verifiers are sealed; of links and states only hashes are kept. */
export const oauth = `
-- JSON list of the connections that need a consent, with the rights that they need.
ALTER TABLE deployment_entries ADD COLUMN consents TEXT;

CREATE TABLE grants (
  account TEXT NOT NULL,
  connection TEXT NOT NULL,
  status TEXT NOT NULL,
  -- Why it ended.
  reason TEXT,
  sealed TEXT NOT NULL,
  -- JSON lists.
  scopes TEXT NOT NULL,
  hosts TEXT NOT NULL,
  -- Whose account it is, as the service says.
  identity TEXT,
  granted_at INTEGER NOT NULL,
  expires_at INTEGER,
  refreshed_at INTEGER,
  -- A refresh was begun then and its outcome is not kept yet.
  refreshing_at INTEGER,
  PRIMARY KEY (account, connection)
) STRICT, WITHOUT ROWID;

CREATE TABLE consents (
  -- SHA-256 of the link's secret part, hex.
  link TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  connection TEXT NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  -- SHA-256 of the state and of the browser's cookie, hex, of the last time that the link was followed.
  state TEXT UNIQUE,
  browser TEXT,
  -- What the answer is proved with, sealed.
  sealed TEXT,
  state_expires_at INTEGER,
  used_at INTEGER
) STRICT;
`;
