/**
 * One session of a database server. The only way the rest of the house talks to one; `src/db/` is the only room that
 * imports a driver.
 */
export interface Connection {
  /** The server's process id of this session. */
  readonly pid: number;
  /** The process id that was announced at login; a pooler announces one of its own. null: none was. */
  readonly announcedPid: number | null;
  readonly serverMajor: number;
  /**
   * Runs one statement with parameters ($1, $2, ...) and answers its rows. Values come back as text, number, boolean
   * or null; bigint and numeric as text.
   *
   * @throws DatabaseError with the SQLSTATE; ConnectionError when the session is gone.
   */
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
  /** Sends several statements in one message (one round trip, one implicit transaction unless they say otherwise). */
  execute(sql: string): Promise<void>;
  close(): Promise<void>;
}
