/** Values below 128 µs have a bucket each; above, 64 buckets share a power of two, so no bucket is wider than 1/64. */
const EXACT = 128;
const LARGEST_US = 2 ** 31 - 1;
const BUCKETS = 24 * 64 + 128;

/**
 * Counts latencies in buckets of at most 1.6 % relative width, from 1 µs to 35 minutes, in 6.5 KB and without a single
 * allocation while recording.
 *
 * @example
 * const histogram = new LatencyHistogram();
 * histogram.record(1.25);
 * histogram.percentileMs(0.99); // 1.25
 */
export class LatencyHistogram {
  readonly #counts: Uint32Array = new Uint32Array(BUCKETS);
  #total = 0;
  #maxUs = 0;

  /** How many latencies were recorded. */
  get total(): number {
    return this.#total;
  }

  /** The largest latency recorded, exact to the microsecond, ms; 0 when there is none. */
  get maxMs(): number {
    return this.#maxUs / 1000;
  }

  record(latencyMs: number): void {
    const us = Math.min(LARGEST_US, Math.max(0, Math.round(latencyMs * 1000)));
    const bucket = bucketOf(us);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /**
   * The latency, ms, that `share` (0 to 1) of all requests did not exceed: the upper edge of its bucket, so never less
   * than the truth; 0 when nothing was recorded.
   */
  percentileMs(share: number): number {
    if (this.#total === 0) return 0;
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return Math.min(upperEdgeUs(bucket), this.#maxUs) / 1000;
    }
    return this.maxMs;
  }
}

function bucketOf(us: number): number {
  if (us < EXACT) return us;
  const shift = 31 - Math.clz32(us) - 6;
  return shift * 64 + (us >>> shift);
}

function upperEdgeUs(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const shift = (bucket >> 6) - 1;
  return (bucket - shift * 64 + 1) * 2 ** shift - 1;
}
