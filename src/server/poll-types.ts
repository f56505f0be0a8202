/** What the API gives of polls; as in `api-types.ts`. */
import type { Failure } from '../run/failure.ts';

/** What a service is asked again and again for an automation. */
export interface PollView {
  account: string;
  automation: string;
  /** `<connector>.<trigger>` */
  on: string;
  every_ms: number;
  /** When the service last answered. */
  polled_at: string | undefined;
  /** Why the last poll failed. */
  failure: Failure | undefined;
}

/** `GET /api/v1/polls` */
export interface PollListView {
  polls: PollView[];
}
