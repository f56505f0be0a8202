/** How long a sender waits for the end of a run, where the webhook does not say it. */
export const DEFAULT_DEADLINE = '30s';

const UNITS: { [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `30s`, in the form that the schemas demand. */
export function milliseconds(duration: string): number {
  const [, count, unit = ''] = /^(\d+)([a-z]+)$/.exec(duration) ?? [];
  return Number(count) * (UNITS[unit] ?? Number.NaN);
}
