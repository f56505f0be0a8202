import { watch } from 'node:fs';

/** Milliseconds of quiet after which a save counts as done: editors write a file in several goes. */
const QUIET_MS = 100;

/** Calls `changed` after each save in the workspace, one call at a time; what it throws is told. Gives what ends it. */
export function watchWorkspace(folder: string, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  const watcher = watch(folder, { recursive: true }, (_event, file) => {
    if (file === null || !/^(waybill\.json|automations|connectors|secrets|tables)/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      last = last.then(changed).catch((error: unknown) => tell(folder, error));
    }, QUIET_MS);
  });
  watcher.on('error', (error) => tell(folder, error));
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

/** The next save is followed again. */
function tell(folder: string, error: unknown): void {
  console.error(`a save in ${folder} could not be followed: ${error instanceof Error ? error.message : String(error)}`);
}
