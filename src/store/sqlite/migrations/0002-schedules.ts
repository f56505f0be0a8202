/** How far each schedule of the current deployment has come. */
export const schedules = `
CREATE TABLE schedules (
  account TEXT NOT NULL,
  automation TEXT NOT NULL,
  cron TEXT NOT NULL,
  timezone TEXT NOT NULL,
  passed_until INTEGER NOT NULL,
  PRIMARY KEY (account, automation)
) STRICT, WITHOUT ROWID;
`;
