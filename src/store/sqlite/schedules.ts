import type { ScheduleRecord } from '../records.ts';
import type { ScheduleStore } from '../store.ts';
import { integer, text, type Row } from './row.ts';
import type { Connections } from './sqlite-store.ts';

export function createScheduleStore({ reader, writer, queue }: Connections): ScheduleStore {
  const list = reader.prepare('SELECT account, automation, cron, timezone, passed_until FROM schedules');
  const clear = writer.prepare('DELETE FROM schedules');
  const insert = writer.prepare(
    'INSERT INTO schedules (account, automation, cron, timezone, passed_until) VALUES (?, ?, ?, ?, ?)',
  );
  const pass = writer.prepare('UPDATE schedules SET passed_until = ? WHERE account = ? AND automation = ?');
  return {
    list: () => list.all().map(readSchedule),
    replace: (schedules) =>
      queue.commit(() => {
        clear.run();
        for (const { account, automation, cron, timezone, passedUntil } of schedules)
          insert.run(account, automation, cron, timezone, passedUntil);
      }),
    passed: (account, automation, at) =>
      queue.commit(() => {
        pass.run(at, account, automation);
      }),
  };
}

function readSchedule(row: Row): ScheduleRecord {
  return {
    account: text(row, 'account'),
    automation: text(row, 'automation'),
    cron: text(row, 'cron'),
    timezone: text(row, 'timezone'),
    passedUntil: integer(row, 'passed_until'),
  };
}
