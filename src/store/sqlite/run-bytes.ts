/** What the rows and the indices of a run, and of an attempt, take beside what they carry. */
const RUN_OVERHEAD = 600;
const ATTEMPT_OVERHEAD = 200;

/** Bytes of the run `runs`, as an expression of SQL. */
export const RUN_BYTES = `(
  ${RUN_OVERHEAD} + octet_length(runs.trigger) + coalesce(octet_length(runs.output), 0) + coalesce(octet_length(runs.failure), 0)
  + (SELECT coalesce(sum(${ATTEMPT_OVERHEAD} + octet_length(input) + coalesce(octet_length(outcome), 0)), 0)
     FROM attempts WHERE attempts.run = runs.id)
  + (SELECT coalesce(sum(octet_length(body)), 0) FROM large_value_uses JOIN large_values USING (account, digest)
     WHERE large_value_uses.account = runs.account AND large_value_uses.owner = 'run ' || runs.id))`;
