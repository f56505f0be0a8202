/** What is kept encrypted for accounts: the keys, each wrapped for the account's recipients as it had them when it served last. */
export const vault = `
CREATE TABLE account_recipients (
  account TEXT NOT NULL PRIMARY KEY,
  -- JSON list of age public keys.
  recipients TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account_keys (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  recipients TEXT NOT NULL,
  -- An armored age file.
  wrapped TEXT NOT NULL
) STRICT;

CREATE INDEX account_keys_by_account ON account_keys (account, position);
`;
