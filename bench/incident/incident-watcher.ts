import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { APPLICATION_NAME } from '../load/order-connection.ts';

/** 20 samples a second. */
const SAMPLE_EVERY_MS = 50;

/** Catalog and statistics only: nothing here can end up in the lock queue that it watches. */
const SAMPLE = {
  name: 'sample',
  text: `SELECT
    (SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = '${APPLICATION_NAME}' AND wait_event_type = 'Lock') AS waiting,
    EXISTS (SELECT FROM pg_attribute
      WHERE attrelid = $1 AND attname = 'tracking_url' AND NOT attisdropped) AS "columnThere"`,
};

/** What the watcher saw. Times are ms since 1970. */
export interface Observation {
  /** The most queries of the application that waited for a lock in any sample. */
  readonly peakWaiting: number;
  readonly columnThereAtMs: number | null;
  readonly samples: number;
}

/** Looks 20 times a second, on a connection of its own, how many queries wait and whether the new column is there. */
export class IncidentWatcher {
  readonly #client: pg.Client;
  readonly #table: string;
  readonly #onColumn: () => void;
  #stopped = false;
  #waiting = 0;
  #peakWaiting = 0;
  #samples = 0;
  #columnThereAtMs: number | null = null;
  #loop: Promise<void> = Promise.resolve();

  private constructor(client: pg.Client, table: string, onColumn: () => void) {
    this.#client = client;
    this.#table = table;
    this.#onColumn = onColumn;
  }

  /** @param onColumn called once, when the new column is first seen */
  static async start(databaseUrl: string, onColumn: () => void): Promise<IncidentWatcher> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'bench-watcher' });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ table: string }>(`SELECT 'public.orders'::regclass::oid::text AS table`);
    const watcher = new IncidentWatcher(client, rows[0]?.table ?? '0', onColumn);
    watcher.#loop = watcher.#watch();
    return watcher;
  }

  /** How many queries waited for a lock in the latest sample. */
  get waiting(): number {
    return this.#waiting;
  }

  async stop(): Promise<Observation> {
    this.#stopped = true;
    await this.#loop;
    await this.#client.end().catch(() => undefined);
    return { peakWaiting: this.#peakWaiting, columnThereAtMs: this.#columnThereAtMs, samples: this.#samples };
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#sample();
      } catch (error) {
        // The server went away because the bench was interrupted; what was seen until now still stands.
        if (error instanceof Error) return;
        throw error;
      }
      await sleep(SAMPLE_EVERY_MS);
    }
  }

  async #sample(): Promise<void> {
    const { rows } = await this.#client.query<{ waiting: number; columnThere: boolean }>({
      ...SAMPLE,
      values: [this.#table],
    });
    const [row] = rows;
    if (row === undefined) return;
    this.#samples += 1;
    this.#waiting = row.waiting;
    this.#peakWaiting = Math.max(this.#peakWaiting, row.waiting);
    if (row.columnThere && this.#columnThereAtMs === null) {
      this.#columnThereAtMs = Date.now();
      this.#onColumn();
    }
  }
}
