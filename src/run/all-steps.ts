/** A step as it is shown, with the pages that hold the rest of its loop. */
export interface PagedStep {
  path: string;
  pages: readonly { page: string }[] | undefined;
}

/**
 * All steps of a run, also those in pages, which come after the first items of their loop. `stepsOf` gives those of a page,
 * and with an empty name those that are in none; no more than one page at each depth is held.
 */
export async function* allSteps<Step extends PagedStep>(
  stepsOf: (page: string) => Promise<readonly Step[]>,
  page = '',
): AsyncGenerator<Step> {
  /** Loops whose first items go on, the innermost last. */
  const open: Step[] = [];
  const close = async function* (isOver: (loop: Step) => boolean): AsyncGenerator<Step> {
    for (let loop = open.at(-1); loop !== undefined && isOver(loop); loop = open.at(-1)) {
      open.pop();
      for (const one of loop.pages ?? []) yield* allSteps(stepsOf, one.page);
    }
  };
  for (const step of await stepsOf(page)) {
    yield* close(({ path }) => !step.path.startsWith(`${path}[`));
    yield step;
    if (step.pages !== undefined) open.push(step);
  }
  yield* close(() => true);
}
