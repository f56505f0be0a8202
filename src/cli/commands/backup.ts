import { backUp, restoreBackup } from '../../store/sqlite/backup.ts';
import { EXIT } from '../exit.ts';
import { dataFolder, type RunnerOptions } from '../runner-client.ts';

/** `waybill backup FILE`: all of a runner's data in one file, also while the runner is up. */
export function backup(file: string, options: RunnerOptions): number {
  const folder = dataFolder(options);
  backUp(folder, file);
  console.log(
    `Wrote ${file}: the runs, the storage and the webhooks' addresses of ${folder}. Keep it as private as those.`,
  );
  return EXIT.clean;
}

/** `waybill restore FILE`: a backup becomes the data of a folder that has none. */
export function restore(file: string, options: RunnerOptions): number {
  const folder = dataFolder(options);
  restoreBackup(file, folder);
  console.log(`${folder} holds what ${file} held. Runs that had not ended go on when a runner starts with it.`);
  console.log('What happened after the backup is not in it: a write that was made since may be made again.');
  return EXIT.clean;
}
