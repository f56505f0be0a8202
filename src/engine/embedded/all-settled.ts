/** Resolves when all have; where one rejects, rejects once none is under way any more. */
export async function allSettled(writes: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(writes);
  await Promise.all(writes);
}
