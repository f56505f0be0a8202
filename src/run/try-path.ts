/**
 * A step that is tried again has a path of its own for each later try: the second try of `route` is `route~2`, and all that
 * stands in it lies below that, such as `route~2.send`. The first try has the step's own path, as every step has.
 */

/** The path of a try of the step `step`; `number` counts from 1. */
export function tryPath(step: string, number: number): string {
  return number === 1 ? step : `${step}~${number}`;
}

/** What stands before the ids of the steps in a later try of a `switch` or of `branches`. */
export function prefixInTry(path: string): string {
  return `${path}.`;
}

/** Which try of which step a path names. */
export function tryOf(path: string): { step: string; number: number } {
  const [, step = path, number = '1'] = /^(.*)~(\d+)$/.exec(path) ?? [];
  return { step, number: Number(number) };
}

/** The id of the step that a path names: `send` of `each[2].send` and of `route~2.send`, `each` of `each~2`. */
export function stepIdOf(path: string): string {
  return tryOf(path.slice(path.lastIndexOf('.') + 1)).step;
}

/** The id of the step at the top in which a path lies, as far as the path tells: `each` of `each~2[3].send`. */
export function topStepOf(path: string): string {
  return /^\w+/.exec(path)?.[0] ?? path;
}

/** The path as it is where every step is tried once: `send` for `route~2.send`, `each[3].send` for `each~2[3].send`. */
export function pathWithoutTries(path: string): string {
  return path.replaceAll(/\w+~\d+\./g, '').replaceAll(/~\d+/g, '');
}
