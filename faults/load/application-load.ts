import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { LatencyHistogram } from '../../bench/load/latency-histogram.ts';
import { connect } from '../servers/fault-server.ts';
import { causeOf, isConnectionLost } from './broken-request.ts';
import { WriterBook } from './writer-book.ts';

export interface LoadOptions {
  /** Where the application connects to; asked anew for every connection. */
  readonly url: () => string;
  /** Causes of failures that the fault itself brings; null: no request may fail. */
  readonly mayBreak: ((cause: string) => boolean) | null;
  /** Whether the fault itself may lose what was told to be stored; then reads are not held against it. */
  readonly mayLose: boolean;
}

export interface LoadReport {
  readonly answered: number;
  /** Failures that the fault itself brought. */
  readonly broken: number;
  /** Everything that must not have happened. */
  readonly failures: readonly string[];
  /** Of the requests that were answered. */
  readonly longestStallMs: number;
  readonly stallP99Ms: number;
}

const SESSIONS = 4;
const PAUSE_MS = 8;
const RECONNECT_AFTER_MS = 50;
const ENDS_WITHIN_MS = 20_000;

/**
 * An application at work: sessions that insert, count and read on `orders` without a rest, keep a book of what they
 * were told, and come back when their connection is lost.
 */
export class ApplicationLoad {
  readonly #options: LoadOptions;
  readonly #books: readonly WriterBook[] = Array.from({ length: SESSIONS }, (_, at) => new WriterBook(at + 1));
  readonly #histogram: LatencyHistogram = new LatencyHistogram();
  readonly #failures: string[] = [];
  #loops: readonly Promise<void>[] = [];
  #isRunning = true;
  #broken = 0;
  /** When the requests were sent that have no answer yet. */
  readonly #waiting: Set<number> = new Set();

  private constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** @param admin writes the row that each session counts in. */
  static async start(admin: pg.Client, options: LoadOptions): Promise<ApplicationLoad> {
    const load = new ApplicationLoad(options);
    for (const { writer } of load.#books) {
      await admin.query('INSERT INTO orders (writer, number, customer_id) VALUES ($1, 0, 1)', [writer]);
    }
    load.#loops = load.#books.map((book) => load.#work(book));
    return load;
  }

  get answered(): number {
    return this.#histogram.total;
  }

  /** The longest that an answer took so far, or that one is waited for just now. */
  longestStallMs(): number {
    const now = performance.now();
    return Math.max(this.#histogram.maxMs, ...[...this.#waiting].map((since) => now - since));
  }

  /** Resolves once so many more requests were answered; fails when they do not come. */
  async work(requests: number): Promise<void> {
    const wanted = this.answered + requests;
    const deadline = performance.now() + ENDS_WITHIN_MS;
    while (this.answered < wanted) {
      if (performance.now() > deadline) {
        this.#failures.push('the application got no answers any more');
        return;
      }
      await sleep(10);
    }
  }

  async stop(): Promise<LoadReport> {
    this.#isRunning = false;
    const ended = Promise.all(this.#loops).then(() => true);
    const inTime = await Promise.race([ended, sleep(ENDS_WITHIN_MS, false, { ref: false })]);
    if (!inTime) this.#failures.push(`a request had no answer ${ENDS_WITHIN_MS / 1000} s after the end`);
    const { total, maxMs } = this.#histogram;
    return {
      answered: total,
      broken: this.#broken,
      failures: this.#failures,
      longestStallMs: maxMs,
      stallP99Ms: this.#histogram.percentileMs(0.99),
    };
  }

  /** What the database holds otherwise than the sessions were told. */
  async differences(admin: pg.Client): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const book of this.#books) wrong.push(...(await book.differences(admin)));
    return wrong;
  }

  async #work(book: WriterBook): Promise<void> {
    let client: pg.Client | null = null;
    for (let number = 1; this.#isRunning; number += 1) {
      try {
        client ??= await connect(this.#options.url(), 'shop');
        await this.#requests(client, book, number);
      } catch (error) {
        this.#failed(causeOf(error), error);
        const lost: pg.Client | null = client;
        client = null;
        void lost?.end().catch(() => undefined);
        await sleep(RECONNECT_AFTER_MS);
      }
      await sleep(PAUSE_MS);
    }
    await client?.end().catch(() => undefined);
  }

  async #requests(client: pg.Client, book: WriterBook, number: number): Promise<void> {
    const { writer } = book;
    const insert = 'INSERT INTO orders (writer, number, customer_id, total) VALUES ($1, $2, $3, 7)';
    await this.#request(
      () => client.query(insert, [writer, number, 1 + (number % 100)]),
      (isSure) => book.inserted(number, isSure),
    );
    await this.#request(
      () => client.query('UPDATE orders SET total = total + 1 WHERE writer = $1 AND number = 0', [writer]),
      (isSure) => book.counted(isSure),
    );
    const read = 'SELECT total::int AS n FROM orders WHERE writer = $1 AND number = 0';
    const { rows } = await this.#request(() => client.query<{ n: number }>(read, [writer]));
    const count = rows[0]?.n ?? -1;
    if (!this.#options.mayLose && !book.mayCount(count))
      this.#failures.push(`writer ${writer} read ${count} in its counter`);
  }

  async #request<T>(ask: () => Promise<T>, told: (isSure: boolean) => void = () => undefined): Promise<T> {
    const startedAt = performance.now();
    this.#waiting.add(startedAt);
    try {
      const answer = await ask();
      this.#histogram.record(performance.now() - startedAt);
      told(true);
      return answer;
    } catch (error) {
      // Only a lost connection leaves it open whether the write is there.
      if (isConnectionLost(causeOf(error))) told(false);
      throw error;
    } finally {
      this.#waiting.delete(startedAt);
    }
  }

  #failed(cause: string, error: unknown): void {
    const { mayBreak } = this.#options;
    if (mayBreak?.(cause) === true) this.#broken += 1;
    else this.#failures.push(`a request failed: ${error instanceof Error ? error.message : cause} (${cause})`);
  }
}
