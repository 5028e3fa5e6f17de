import { LatencyHistogram } from './latency-histogram.ts';
import type { FailuresByCause, LoadReport, LoadSecond } from './load-report.ts';

export type FailureCause = keyof FailuresByCause;

/** A second counts as degraded when its p99 is above this. */
const DEGRADED_P99_MS = 50;

interface SecondSlot {
  scheduled: number;
  failed: number;
  readonly latencies: LatencyHistogram;
}

/** Keeps the books of one run: every request that was due ends in exactly one of `answered` and `failed`. */
export class RequestTally {
  readonly #deadlineMs: number;
  readonly #latencies: LatencyHistogram = new LatencyHistogram();
  readonly #slots: SecondSlot[] = [];
  readonly #failures: Record<FailureCause, number> = { expiredInQueue: 0, lateAnswer: 0, unanswered: 0, error: 0 };
  #scheduled = 0;
  #answered = 0;
  #peakQueue = 0;
  #firstError: string | null = null;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** A request became due at `dueMs`, counted from the start of the run. */
  due(dueMs: number): void {
    this.#scheduled += 1;
    this.#slot(dueMs).scheduled += 1;
  }

  /** The answer came `latencyMs` after the request was due; later than the deadline is a failure. */
  answered(dueMs: number, latencyMs: number): void {
    if (latencyMs > this.#deadlineMs) this.failed(dueMs, latencyMs, 'lateAnswer');
    else {
      this.#answered += 1;
      this.#record(dueMs, latencyMs);
    }
  }

  /** The request was given up `latencyMs` after it was due. */
  failed(dueMs: number, latencyMs: number, cause: FailureCause, message: string | null = null): void {
    this.#failures[cause] += 1;
    this.#slot(dueMs).failed += 1;
    this.#firstError ??= message;
    this.#record(dueMs, latencyMs);
  }

  queued(length: number): void {
    if (length > this.#peakQueue) this.#peakQueue = length;
  }

  /** Failures until now. */
  get failures(): number {
    return Object.values(this.#failures).reduce((sum, count) => sum + count, 0);
  }

  /** One second as it looks now; requests still on their way are not in it yet. */
  second(second: number): LoadSecond {
    const slot = this.#slots[second];
    return {
      second,
      scheduled: slot?.scheduled ?? 0,
      failed: slot?.failed ?? 0,
      p99Ms: slot?.latencies.percentileMs(0.99) ?? 0,
      maxMs: slot?.latencies.maxMs ?? 0,
    };
  }

  report(run: { readonly ratePerSecond: number; readonly generatorLagMs: number }): LoadReport {
    const seconds = this.#slots.map((_, second) => this.second(second));
    return {
      ratePerSecond: run.ratePerSecond,
      scheduled: this.#scheduled,
      answered: this.#answered,
      failed: this.failures,
      failures: { ...this.#failures },
      p50Ms: this.#latencies.percentileMs(0.5),
      p99Ms: this.#latencies.percentileMs(0.99),
      p999Ms: this.#latencies.percentileMs(0.999),
      maxMs: this.#latencies.maxMs,
      degradedSeconds: seconds.filter((second) => second.failed > 0 || second.p99Ms > DEGRADED_P99_MS).length,
      peakQueue: this.#peakQueue,
      generatorLagMs: run.generatorLagMs,
      firstError: this.#firstError,
      seconds,
    };
  }

  #record(dueMs: number, latencyMs: number): void {
    this.#latencies.record(latencyMs);
    this.#slot(dueMs).latencies.record(latencyMs);
  }

  #slot(dueMs: number): SecondSlot {
    const second = Math.floor(dueMs / 1000);
    while (this.#slots.length <= second) {
      this.#slots.push({ scheduled: 0, failed: 0, latencies: new LatencyHistogram() });
    }
    return this.#slots[second] as SecondSlot;
  }
}
