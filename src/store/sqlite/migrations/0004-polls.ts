/** How far each poll came, and what it has seen. */
export const polls = `
CREATE TABLE polls (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  source TEXT NOT NULL,
  polled_at INTEGER,
  cursor TEXT,
  failure TEXT,
  UNIQUE (account, automation, source)
) STRICT;

CREATE TABLE poll_items (
  poll INTEGER NOT NULL REFERENCES polls (id),
  -- SHA-256 of what names the item.
  key BLOB NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (poll, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX poll_items_by_time ON poll_items (poll, seen_at);
`;
