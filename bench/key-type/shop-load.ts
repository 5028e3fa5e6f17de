import pg from 'pg';
import { LatencyHistogram } from '../load/latency-histogram.ts';

/** Between two requests of a connection. */
const PAUSE_MS = 8;

export interface ShopReport {
  readonly requests: number;
  readonly failed: number;
  readonly firstError: string | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The longest that any request took. */
  readonly maxMs: number;
}

/** What the application says of a schema of people, their bosses, visits and payments, keyed by the number of a person. */
const REQUESTS: readonly ((person: number) => { readonly text: string; readonly values: readonly unknown[] })[] = [
  (person) => ({ text: 'SELECT id, boss_id, name FROM people WHERE id = $1', values: [person] }),
  (person) => ({ text: 'UPDATE people SET name = name || $2 WHERE id = $1', values: [person, ''] }),
  (person) => ({ text: 'INSERT INTO people (boss_id, name) VALUES ($1, $2)', values: [person, 'new'] }),
  (person) => ({ text: 'INSERT INTO visits (person_id, place) VALUES ($1, $2)', values: [person, 'here'] }),
  (person) => ({ text: 'SELECT count(*) FROM visits WHERE person_id = $1', values: [person] }),
  (person) => ({ text: 'UPDATE payments SET cents = cents + 1 WHERE person_id = $1', values: [person] }),
  (person) => ({
    text: 'SELECT p.name, b.name AS boss FROM people p JOIN people b ON b.id = p.boss_id WHERE p.id = $1',
    values: [person],
  }),
  (person) => ({ text: 'UPDATE people SET boss_id = $2 WHERE id = $1', values: [person, 1 + (person % 1_000)] }),
];

/** Connections that ask one request after the other until they are told to stop. */
export class ShopLoad {
  readonly #clients: readonly pg.Client[];
  readonly #latencies: LatencyHistogram = new LatencyHistogram();
  readonly #people: number;
  readonly #loops: Promise<void>[] = [];
  #isRunning = true;
  #failed = 0;
  #firstError: string | null = null;

  private constructor(clients: readonly pg.Client[], people: number) {
    this.#clients = clients;
    this.#people = people;
  }

  static async start(
    url: string,
    { connections, people }: { readonly connections: number; readonly people: number },
  ): Promise<ShopLoad> {
    const clients = Array.from(
      { length: connections },
      () => new pg.Client({ connectionString: url, application_name: 'shop' }),
    );
    for (const client of clients) client.on('error', () => undefined);
    await Promise.all(clients.map((client) => client.connect()));
    const load = new ShopLoad(clients, people);
    for (const [at, client] of clients.entries()) load.#loops.push(load.#ask(client, at));
    return load;
  }

  async stop(): Promise<ShopReport> {
    this.#isRunning = false;
    await Promise.all(this.#loops);
    await Promise.all(this.#clients.map((client) => client.end()));
    const latencies = this.#latencies;
    return {
      requests: latencies.total,
      failed: this.#failed,
      firstError: this.#firstError,
      p50Ms: latencies.percentileMs(0.5),
      p99Ms: latencies.percentileMs(0.99),
      maxMs: latencies.maxMs,
    };
  }

  async #ask(client: pg.Client, first: number): Promise<void> {
    for (let index = first; this.#isRunning; index += 1) {
      const request = REQUESTS[index % REQUESTS.length];
      if (request === undefined) return;
      const startedMs = performance.now();
      try {
        const { text, values } = request(1 + Math.floor(Math.random() * this.#people));
        await client.query(text, [...values]);
      } catch (error) {
        this.#failed += 1;
        this.#firstError ??= error instanceof Error ? error.message : String(error);
      }
      this.#latencies.record(performance.now() - startedMs);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
