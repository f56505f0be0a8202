import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Plan } from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';

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
  const text = canonicalText(plan);
  return { plan, text, digest: digestOfText(text) };
}

/** Names a value by its content, as plans are named. */
export function digestOf(value: JsonObject): string {
  return digestOfText(canonicalText(value));
}

function canonicalText(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('an object always has a canonical text');
  return text;
}

function digestOfText(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
