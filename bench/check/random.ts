/** Numbers that look random and are the same in every run. */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  readonly below: (below: number) => number;
  /** One of them. */
  readonly of: <Value>(values: readonly [Value, ...Value[]]) => Value;
  /** True in `share` of all calls. */
  readonly chance: (share: number) => boolean;
}

/** Marsaglia's xorshift with 32 bits. */
export function seededRandom(seed: number): Random {
  let state = seed | 0 || 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return {
    below,
    of: (values) => values[below(values.length)] ?? values[0],
    chance: (share) => below(10_000) < share * 10_000,
  };
}
