import type pg from 'pg';

/** What one session of the application was told is stored. What it was told nothing about may be there or not. */
export class WriterBook {
  readonly writer: number;
  readonly #told: Set<number> = new Set();
  readonly #unsure: Set<number> = new Set();
  #countTold = 0;
  #countUnsure = 0;

  constructor(writer: number) {
    this.writer = writer;
  }

  inserted(number: number, isSure: boolean): void {
    (isSure ? this.#told : this.#unsure).add(number);
  }

  counted(isSure: boolean): void {
    if (isSure) this.#countTold += 1;
    else this.#countUnsure += 1;
  }

  /** Whether a counter that was read can be right. */
  mayCount(count: number): boolean {
    return count >= this.#countTold && count <= this.#countTold + this.#countUnsure;
  }

  /** What the database holds otherwise than the session was told: every committed write has to be there, once. */
  async differences(client: pg.Client): Promise<readonly string[]> {
    const { rows } = await client.query<{ number: number; times: number; total: string }>(
      'SELECT number, count(*)::int AS times, max(total)::text AS total FROM orders WHERE writer = $1 GROUP BY number',
      [this.writer],
    );
    const there = new Map(rows.map(({ number, times, total }) => [number, { times, total: Number(total) }]));
    const wrong: string[] = [];
    for (const number of this.#told) {
      const times = there.get(number)?.times ?? 0;
      if (times !== 1) wrong.push(`order ${number} of writer ${this.writer} is there ${times} times`);
    }
    for (const [number, { times }] of there) {
      if (number === 0 || this.#told.has(number)) continue;
      if (!this.#unsure.has(number) || times > 1) wrong.push(`order ${number} of writer ${this.writer} is too much`);
    }
    const counted = there.get(0)?.total ?? -1;
    if (!this.mayCount(counted)) {
      const range = `${this.#countTold} to ${this.#countTold + this.#countUnsure}`;
      wrong.push(`the counter of writer ${this.writer} is ${counted} instead of ${range}`);
    }
    return wrong;
  }
}
