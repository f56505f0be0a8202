/** The exit code that a shell gives a command which ended because nobody read what it wrote: 128 and the number of SIGPIPE. */
const READER_GONE = 141;

/**
 * Ends the process without a word where nobody reads what it writes any more, as in `waybill runs list | head -1`. What
 * ends in an orderly way when it is asked to, such as a runner, does so then.
 */
export function endOnClosedPipe(): void {
  let ends = false;
  const closed = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    if (ends) return;
    ends = true;
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(READER_GONE);
  };
  process.stdout.on('error', closed);
  process.stderr.on('error', closed);
}
