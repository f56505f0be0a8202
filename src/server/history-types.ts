/** What the API gives of the history; as in `api-types.ts`. */

/** What the history of an account takes, and how long it is kept. */
export interface HistoryAccountView {
  account: string;
  runs: number;
  /** About how much. */
  bytes: number;
  /** When the oldest run was accepted. */
  oldest: string | undefined;
  /** From a run's end; absent: for good. */
  keep_ms: number | undefined;
  /** The same of runs that failed; absent: until they are run again. */
  keep_failed_ms: number | undefined;
  max_bytes: number | undefined;
}

/** `GET /api/v1/history` */
export interface HistoryView {
  accounts: HistoryAccountView[];
}
