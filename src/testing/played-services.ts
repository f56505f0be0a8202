import { AsyncLocalStorage } from 'node:async_hooks';
import type { TestAnswer, TestAnswers, TestRequest } from '../generated/test.ts';
import type { Json } from '../json/value.ts';
import type { Outcome } from '../run/failure.ts';
import { isStep, otherParts } from './request-parts.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A request as it was sent, all parts named but those that it does not have. */
export interface SentRequest extends TestRequest {
  step: string;
  method: string;
  host: string;
  path: string;
}

/** The services as a case plays them: they answer its requests and keep what was sent. */
export class PlayedServices {
  readonly clock: VirtualClock;
  readonly requests: SentRequest[] = [];
  private readonly rules: { to: TestRequest; answers: TestAnswer[] }[];

  constructor(answers: readonly TestAnswers[], clock: VirtualClock) {
    this.rules = answers.map(({ to = {}, with: all }) => ({ to, answers: [...all] }));
    this.clock = clock;
  }

  /** The answer to a request, or `undefined` where the case has none. */
  answer(request: SentRequest): TestAnswer | undefined {
    this.requests.push(request);
    const rule = this.rules.find(({ to }) => otherParts(to, request).length === 0);
    return nextOf(rule);
  }

  /** What comes back to a step that sends no request but is answered from outside, or `undefined` where the case has nothing. */
  outcome(step: string): Outcome | undefined {
    const output = nextOf(this.rules.find(({ to }) => to.step !== undefined && isStep(to.step, step)))?.output;
    return output === undefined ? undefined : { ok: true, output };
  }
}

/** One answer a request, the last one to all that follow. */
function nextOf(rule: { answers: TestAnswer[] } | undefined): TestAnswer | undefined {
  return rule !== undefined && rule.answers.length > 1 ? rule.answers.shift() : rule?.answers[0];
}

/** One attempt of a step, while its requests are answered. */
export interface PlayedAttempt {
  services: PlayedServices;
  step: string;
  /** What the case says that the action gives. */
  output?: { value: Json };
  /** A request that the case has no answer to. */
  unanswered?: SentRequest;
}

/** What the case has no answer to: a request, or a step that is answered from outside without one. */
export type OpenQuestion = SentRequest | Pick<SentRequest, 'step'>;

/** A case cannot go on: it has no answer. */
export class Unanswered extends Error {
  readonly request: OpenQuestion;

  constructor(request: OpenQuestion) {
    super(`nothing answers step ${request.step}`);
    this.request = request;
  }
}

const playing = new AsyncLocalStorage<PlayedAttempt>();

/** The attempt whose requests are being sent. */
export function playedAttempt(): PlayedAttempt {
  const attempt = playing.getStore();
  if (attempt === undefined) throw new TypeError('a request was sent outside of any case');
  return attempt;
}

/** Performs an attempt against the services of a case. Throws `Unanswered`. */
export async function playAttempt(
  services: PlayedServices,
  step: string,
  perform: () => Promise<Outcome>,
): Promise<Outcome> {
  const attempt: PlayedAttempt = { services, step };
  const outcome = await services.clock.during(() => playing.run(attempt, perform));
  if (attempt.unanswered !== undefined) throw new Unanswered(attempt.unanswered);
  return attempt.output === undefined ? outcome : { ok: true, output: attempt.output.value };
}
