const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** Milliseconds in the largest unit that gives a whole number: `90s`, `2m`, `1500ms`; nothing is `0s`. */
export function formatDuration(milliseconds: number): string {
  const [unit, size] =
    milliseconds === 0 ? ['s', 1] : (UNITS.find(([, length]) => milliseconds % length === 0) ?? ['ms', 1]);
  return `${milliseconds / size}${unit}`;
}
