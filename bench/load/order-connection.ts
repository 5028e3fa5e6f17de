import pg from 'pg';
import type { Answerer } from './open-loop.ts';

/** The name under which the application's sessions are seen on the server. */
export const APPLICATION_NAME = 'shop';

/** Every fifth request is an update. */
const UPDATE_EVERY = 5;

const STATUSES: readonly string[] = ['new', 'paid', 'packed', 'shipped'];

/** What a connection asks for, and how. */
export interface OrderRequests {
  /** The orders have the ids 1 to this. */
  readonly keys: number;
  /** Whether both statements are prepared once, by their names. */
  readonly prepares: boolean;
}

interface Statement {
  readonly name?: string;
  readonly text: string;
}

const SELECT_ORDER: Statement = {
  name: 'order-by-key',
  text: 'SELECT id, status, total_cents, customer_id, created_at FROM orders WHERE id = $1',
};

const UPDATE_ORDER: Statement = {
  name: 'update-order-by-key',
  text: 'UPDATE orders SET status = $2, updated_at = now() WHERE id = $1',
};

/**
 * One connection of the shop's pool: statements with explicit columns, as a careful application has, prepared by name
 * except behind a transaction pooler.
 */
export class OrderConnection implements Answerer {
  readonly #client: pg.Client;
  readonly #keys: number;
  readonly #select: Statement;
  readonly #update: Statement;

  private constructor(client: pg.Client, { keys, prepares }: OrderRequests) {
    this.#client = client;
    this.#keys = keys;
    this.#select = prepares ? SELECT_ORDER : { text: SELECT_ORDER.text };
    this.#update = prepares ? UPDATE_ORDER : { text: UPDATE_ORDER.text };
  }

  /** Connects and asks both once (which prepares them), so that no request of the run pays for that. */
  static async open(databaseUrl: string, requests: OrderRequests): Promise<OrderConnection> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: APPLICATION_NAME });
    // A lost connection answers its open request with an error; nothing else has to hear of it.
    client.on('error', () => undefined);
    await client.connect();
    const connection = new OrderConnection(client, requests);
    await client.query({ ...connection.#select, values: [1] });
    await client.query({ ...connection.#update, values: [0, 'new'] });
    return connection;
  }

  ask(index: number, done: (error: string | null) => void): void {
    const key = 1 + Math.floor(Math.random() * this.#keys);
    const query =
      index % UPDATE_EVERY === UPDATE_EVERY - 1
        ? { ...this.#update, values: [key, STATUSES[index % STATUSES.length]] }
        : { ...this.#select, values: [key] };
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
