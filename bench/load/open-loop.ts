import type { RequestTally } from './request-tally.ts';
import { WaitingLine } from './waiting-line.ts';

/** Something that answers one request at a time: a connection of the pool. */
export interface Answerer {
  /** Sends request number `index` and calls `done` once, with the error's message or null. */
  ask(index: number, done: (error: string | null) => void): void;
}

export interface OpenLoopOptions {
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
  readonly pool: readonly Answerer[];
  readonly tally: RequestTally;
  /** Milliseconds since the start of the run. */
  readonly now: () => number;
}

/**
 * An application under load, as seen from its users: requests become due at a fixed rate whether or not the earlier
 * ones were answered (open loop), wait in line for a free connection, and are given up after the deadline. Latency
 * counts from the moment a request was due, so a stalled server cannot hide requests that it kept from being sent.
 */
export class OpenLoop {
  readonly #options: OpenLoopOptions;
  readonly #line: WaitingLine = new WaitingLine();
  readonly #free: Answerer[];
  readonly #asked: Map<Answerer, number> = new Map();
  #issued = 0;
  #sent = 0;
  #closed = false;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
    this.#free = [...options.pool];
  }

  /** Requests that were sent and have no answer yet. */
  get inFlight(): number {
    return this.#asked.size;
  }

  /** Requests that wait for a connection. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Lets everything become due that is due before `untilMs`, drops what has waited too long, and sends what can be sent. */
  tick(untilMs: number): void {
    const { ratePerSecond, tally } = this.#options;
    const intervalMs = 1000 / ratePerSecond;
    for (let dueMs = this.#issued * intervalMs; dueMs < untilMs; dueMs = this.#issued * intervalMs) {
      this.#issued += 1;
      tally.due(dueMs);
      this.#line.push(dueMs);
    }
    this.#dropExpired();
    this.#send();
    tally.queued(this.#line.length);
  }

  /** Nothing more becomes due; drops what has waited too long and sends the rest. */
  drain(): void {
    this.#dropExpired();
    this.#send();
  }

  /** Ends the books: whatever has no answer now has failed, and answers that still come are ignored. */
  close(): void {
    const nowMs = this.#options.now();
    for (let dueMs = this.#line.shift(); dueMs !== undefined; dueMs = this.#line.shift()) {
      this.#options.tally.failed(dueMs, nowMs - dueMs, 'expiredInQueue');
    }
    for (const dueMs of this.#asked.values()) this.#options.tally.failed(dueMs, nowMs - dueMs, 'unanswered');
    this.#closed = true;
  }

  #dropExpired(): void {
    const nowMs = this.#options.now();
    for (let dueMs = this.#line.peek(); dueMs !== undefined; dueMs = this.#line.peek()) {
      if (nowMs - dueMs < this.#options.deadlineMs) return;
      this.#line.shift();
      this.#options.tally.failed(dueMs, nowMs - dueMs, 'expiredInQueue');
    }
  }

  #send(): void {
    while (this.#free.length > 0 && this.#line.length > 0) {
      const answerer = this.#free.pop();
      const dueMs = this.#line.shift();
      if (answerer === undefined || dueMs === undefined) return;
      this.#asked.set(answerer, dueMs);
      const index = this.#sent;
      this.#sent += 1;
      answerer.ask(index, (error) => this.#done(answerer, dueMs, error));
    }
  }

  #done(answerer: Answerer, dueMs: number, error: string | null): void {
    if (this.#closed) return;
    this.#asked.delete(answerer);
    const latencyMs = this.#options.now() - dueMs;
    if (error === null) this.#options.tally.answered(dueMs, latencyMs);
    else this.#options.tally.failed(dueMs, latencyMs, 'error', error);
    this.#free.push(answerer);
    if (this.#line.length > 0) {
      this.#dropExpired();
      this.#send();
    }
  }
}
