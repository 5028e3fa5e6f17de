import pg from 'pg';
import type { Answerer } from './open-loop.ts';

/** The name under which the application's sessions are seen on the server. */
export const APPLICATION_NAME = 'shop';

/** Every fifth request is an update. */
const UPDATE_EVERY = 5;

const STATUSES: readonly string[] = ['new', 'paid', 'packed', 'shipped'];

const SELECT_ORDER = {
  name: 'order-by-key',
  text: 'SELECT id, status, total_cents, customer_id, created_at FROM orders WHERE id = $1',
};

const UPDATE_ORDER = {
  name: 'update-order-by-key',
  text: 'UPDATE orders SET status = $2, updated_at = now() WHERE id = $1',
};

/** One connection of the shop's pool: named prepared statements with explicit columns, as a careful application has. */
export class OrderConnection implements Answerer {
  readonly #client: pg.Client;
  readonly #keys: number;

  private constructor(client: pg.Client, keys: number) {
    this.#client = client;
    this.#keys = keys;
  }

  /** Connects and prepares both statements, so that no request of the run pays for that. */
  static async open(databaseUrl: string, keys: number): Promise<OrderConnection> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: APPLICATION_NAME });
    // A lost connection answers its open request with an error; nothing else has to hear of it.
    client.on('error', () => undefined);
    await client.connect();
    await client.query({ ...SELECT_ORDER, values: [1] });
    await client.query({ ...UPDATE_ORDER, values: [0, 'new'] });
    return new OrderConnection(client, keys);
  }

  ask(index: number, done: (error: string | null) => void): void {
    const key = 1 + Math.floor(Math.random() * this.#keys);
    const query =
      index % UPDATE_EVERY === UPDATE_EVERY - 1
        ? { ...UPDATE_ORDER, values: [key, STATUSES[index % STATUSES.length]] }
        : { ...SELECT_ORDER, values: [key] };
    this.#client.query(query, (error: Error | null) => done(error === null ? null : error.message));
  }

  /** Hangs up without waiting for an answer that may never come. */
  async close(): Promise<void> {
    await Promise.race([
      this.#client.end().catch(() => undefined),
      new Promise<void>((resolve) => setTimeout(resolve, 1000).unref()),
    ]);
  }
}
