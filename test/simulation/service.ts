import type { ActionCall, ActionCaller } from '../../src/connectors/action-call.ts';
import { failureOfAnswer, failureOfNetwork } from '../../src/connectors/failures.ts';
import type { Json, JsonObject } from '../../src/json/value.ts';
import type { Outcome } from '../../src/run/failure.ts';
import type { AttemptRecord } from '../../src/run/records.ts';
import type { Ledger, Reply, Request } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';

/** One fewer than the attempts of a step: what passes must pass before they are used up. */
const FAULTS_OF_A_PLACE = 2;

/** A service on a network: both fail in all ways that they have, but never for good. */
export class Service implements ActionCaller {
  /** How likely a request meets a fault. */
  faults = 0;
  /** What is kept of a step. */
  journal: (run: string, step: string) => AttemptRecord[] = () => [];
  /** Steps of runs that requests were built on since the process began, as `<run> <step>`. */
  readonly builtOn = new Set<string>();
  private readonly met = new Map<string, number>();
  private readonly machine: Machine;
  private readonly random: Random;
  private readonly ledger: Ledger;
  private readonly now: () => number;

  constructor(machine: Machine, random: Random, ledger: Ledger, now: () => number) {
    this.machine = machine;
    this.random = random;
    this.ledger = ledger;
    this.now = now;
  }

  call(call: ActionCall): Promise<Outcome> {
    const request = requestOf(call);
    this.checkUnfinished(call, request);
    this.noteBuiltOn(call);
    this.machine.moment();
    return new Promise((resolve) => {
      const network = (code: string): void => {
        const error = Object.assign(new Error(code), code === 'TimeoutError' ? { name: code } : { code });
        resolve({ ok: false, failure: failureOfNetwork(call, error) });
      };
      const timeout = (): void => network('TimeoutError');
      call.signal.addEventListener('abort', timeout);
      // It came too late to be told, and no request is made.
      if (call.signal.aborted) return timeout();
      const answer = (reply: Reply): void => resolve(this.outcomeOf(call, reply));
      const latency = this.random.between(1, this.random.chance(0.1) ? 3000 : 200);
      if (this.meetsFault(request.place)) this.fail(call, request, { latency, network, resolve });
      else this.deliver(request, latency, answer);
    });
  }

  /** What has ended well in the journal must not be asked for again. */
  private checkUnfinished({ input }: ActionCall, { place }: Request): void {
    const { run, place: step } = input as { run: string; place: string };
    const ended = this.journal(run, step).some(({ outcome }) => outcome?.ok === true);
    if (ended) this.ledger.broken.push(`${place} had ended and was performed again`);
  }

  private noteBuiltOn({ input }: ActionCall): void {
    const { run, read } = input as { run: string; read: { step: string; value: Json }[] };
    for (const { step, value } of read) if (step !== '' && value !== null) this.builtOn.add(`${run} ${step}`);
  }

  /** The request arrives, and the answer comes back, if the process that waits for it still lives. */
  private deliver(request: Request, latency: number, answer: (reply: Reply) => void): void {
    const arrive = this.machine.ofProcess(answer);
    this.machine.after(latency / 2, () => {
      const reply = this.ledger.perform(request);
      this.machine.after(latency / 2, () => arrive(reply));
    });
  }

  private fail(
    call: ActionCall,
    request: Request,
    {
      latency,
      network,
      resolve,
    }: { latency: number; network: (code: string) => void; resolve: (outcome: Outcome) => void },
  ): void {
    const soon = (run: () => void): void => void this.machine.afterInProcess(latency, run);
    const refuse = (status: number, headers: { [name: string]: string } = {}): void => {
      resolve({ ok: false, failure: failureOfAnswer(call, { status, headers, body: {} }, this.now()) });
    };
    switch (this.random.between(0, 6)) {
      case 0:
        return soon(() => network('ECONNREFUSED'));
      case 1:
        // Cut before it arrived, or after.
        if (this.random.chance(0.5)) return soon(() => network('ECONNRESET'));
        return this.deliver(request, latency, () => network('ECONNRESET'));
      case 2:
        return soon(() => refuse(429, { 'retry-after': String(this.random.between(0, 90)) }));
      case 3: {
        const at = new Date(this.now() + this.random.between(0, 90_000)).toUTCString();
        return soon(() => refuse(503, { 'retry-after': at }));
      }
      case 4:
        if (this.random.chance(0.5)) return soon(() => refuse(500));
        return this.deliver(request, latency, () => refuse(500));
      case 5:
        // Done long after the timeout.
        return this.deliver(request, this.random.between(10_000, 40_000), () => {});
      default:
      // It hangs.
    }
  }

  private meetsFault(place: string): boolean {
    const before = this.met.get(place) ?? 0;
    if (before >= FAULTS_OF_A_PLACE || !this.random.chance(this.faults)) return false;
    this.met.set(place, before + 1);
    return true;
  }

  private outcomeOf(call: ActionCall, reply: Reply): Outcome {
    if (reply.status === 200) return { ok: true, output: reply.output };
    return { ok: false, failure: failureOfAnswer(call, { status: 400, headers: {}, body: {} }, this.now()) };
  }
}

export function requestOf({ action, input, idempotencyKey }: ActionCall): Request {
  const { run, place } = input as { run: string; place: string };
  const write = action.idempotency === undefined ? 'plain' : 'keyed';
  return {
    place: `${run} ${place}`,
    kind: action.effect === 'write' ? write : action.effect,
    key: idempotencyKey,
    input: input as JsonObject,
  };
}
