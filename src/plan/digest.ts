import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Plan } from '../generated/plan.ts';

/** A plan with its canonical text and the name that follows from it. */
export interface NamedPlan {
  plan: Plan;
  /** Canonical JSON (RFC 8785). */
  text: string;
  /** `sha256:` and the digest of the text in hex. */
  digest: string;
}

/** Names a plan by its content: equal plans have equal names on every machine. */
export function namePlan(plan: Plan): NamedPlan {
  const text = canonicalize(plan);
  if (text === undefined) throw new TypeError('a plan is always an object');
  return { plan, text, digest: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}
