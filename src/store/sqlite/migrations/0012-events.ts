/** Events that services send to the addresses of connections: what was asked for, with which keys, and what was odd about them. */
export const events = `
ALTER TABLE runs ADD COLUMN warnings TEXT;

CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  connection TEXT NOT NULL,
  service TEXT NOT NULL,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  status TEXT NOT NULL,
  remote_id TEXT,
  replaced TEXT,
  events TEXT NOT NULL,
  url TEXT NOT NULL,
  expires_at INTEGER,
  changed_at INTEGER NOT NULL,
  -- Sealed by the vault.
  keys TEXT NOT NULL,
  made_with TEXT NOT NULL,
  -- A SOPS file.
  credential TEXT,
  failure TEXT,
  failures INTEGER NOT NULL,
  due_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX subscriptions_by_connection ON subscriptions (account, connection);

CREATE TABLE signing_keys (
  account TEXT NOT NULL,
  hook TEXT NOT NULL,
  -- SHA-256 of the secret part of the address, hex.
  address TEXT NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (account, hook, address)
) STRICT, WITHOUT ROWID;
`;
