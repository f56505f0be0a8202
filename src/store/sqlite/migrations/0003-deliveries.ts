/** What names a delivery, with the run that it started; refused deliveries as they came, so that they can be replayed. */
export const deliveries = `
CREATE TABLE deliveries (
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  -- SHA-256 of what names the delivery.
  key BLOB NOT NULL,
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  accepted_at INTEGER NOT NULL,
  PRIMARY KEY (account, automation, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_time ON deliveries (accepted_at);
CREATE INDEX deliveries_by_run ON deliveries (run);

CREATE TABLE refusals_as_they_came (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  reason TEXT NOT NULL,
  query TEXT NOT NULL,
  headers TEXT NOT NULL,
  body BLOB NOT NULL,
  -- 1 where the body was longer than what is kept.
  cut INTEGER NOT NULL,
  -- The run that a replay started.
  run TEXT
) STRICT;

INSERT INTO refusals_as_they_came (number, id, account, automation, received_at, status, reason, query, headers, body, cut)
SELECT number, id, account, automation, received_at, status, reason, '', '{}', CAST(body AS BLOB), length(body) >= 65536
FROM refusals;
DROP TABLE refusals;
ALTER TABLE refusals_as_they_came RENAME TO refusals;
CREATE INDEX refusals_by_automation ON refusals (account, automation, number);
`;
