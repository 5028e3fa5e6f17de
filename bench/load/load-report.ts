/** Why a request counts as failed. Everything that has no answer 2 s after it was due has failed. */
export interface FailuresByCause {
  /** Dropped while it waited in the application for a free connection. */
  readonly expiredInQueue: number;
  /** Answered, but after the deadline. */
  readonly lateAnswer: number;
  /** Still without an answer when the run was over. */
  readonly unanswered: number;
  /** The server or the connection said no. */
  readonly error: number;
}

/** One second of a run, by the time at which requests were due. */
export interface LoadSecond {
  readonly second: number;
  readonly scheduled: number;
  readonly failed: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What a run of the load generator saw. Latencies count from the moment at which a request was due. */
export interface LoadReport {
  readonly ratePerSecond: number;
  readonly scheduled: number;
  /** Within the deadline. */
  readonly answered: number;
  readonly failed: number;
  readonly failures: FailuresByCause;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** Seconds in which a request failed or whose p99 was above 50 ms. */
  readonly degradedSeconds: number;
  /** The most requests that waited in the application for a free connection. */
  readonly peakQueue: number;
  /** The longest the generator itself was late to look at its clock, ms: noise of the machine, part of every latency. */
  readonly generatorLagMs: number;
  readonly firstError: string | null;
  readonly seconds: readonly LoadSecond[];
}
