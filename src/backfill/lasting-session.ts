import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../db/connection.ts';
import { ConnectionError } from '../model/error.ts';

const REVIVE_EVERY_MS = 500;

/** A session that is opened anew when it was lost, for work that keeps nothing in it: a restart is not the end. */
export class LastingSession implements Connection {
  readonly #open: () => Promise<Connection>;
  #connection: Connection;

  private constructor(connection: Connection, open: () => Promise<Connection>) {
    this.#connection = connection;
    this.#open = open;
  }

  static async open(open: () => Promise<Connection>): Promise<LastingSession> {
    return new LastingSession(await open(), open);
  }

  get pid(): number {
    return this.#connection.pid;
  }

  get announcedPid(): number | null {
    return this.#connection.announcedPid;
  }

  get serverMajor(): number {
    return this.#connection.serverMajor;
  }

  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]> {
    return this.#connection.query<Row>(sql, parameters);
  }

  execute(sql: string): Promise<void> {
    return this.#connection.execute(sql);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /**
   * Opens it anew where it was lost.
   *
   * @throws ConnectionError while the server is not there.
   */
  async revive(): Promise<void> {
    try {
      await this.#connection.query('SELECT 1');
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      await this.#connection.close();
      this.#connection = await this.#open();
    }
  }

  /** As `revive`, again and again for a time; answers whether it stands. */
  async reviveWithin(ms: number): Promise<boolean> {
    for (const startedAt = performance.now(); ; await sleep(REVIVE_EVERY_MS)) {
      try {
        await this.revive();
        return true;
      } catch {
        if (performance.now() - startedAt > ms) return false;
      }
    }
  }
}
