/** Where a database is: a connection string, or clients that the caller makes himself. */
export type DatabaseTarget = string | ClientSource;

/**
 * Makes a client for each session that is needed: for passwords that expire (a token of a cloud's), for tunnels, for
 * certificates that are not in a file. A client of `pg`, not connected yet and out of no pool: it becomes a session of
 * its own with settings of its own, and is ended with it.
 *
 * @example
 * const database = {
 *   name: 'db.example:5432/shop',
 *   makeClient: async () => new pg.Client({ host: 'db.example', database: 'shop', password: await freshToken() }),
 * };
 */
export interface ClientSource {
  /** How the database is called in reports and in the ledger: without anything that is secret. */
  readonly name: string;
  readonly makeClient: () => PostgresClient | Promise<PostgresClient>;
}

/** What is asked of a client; `Client` of `pg` has it. */
export interface PostgresClient {
  connect(): Promise<unknown>;
  query(config: {
    readonly text: string;
    readonly values?: unknown[];
    readonly types: { readonly getTypeParser: (oid: number, format?: string) => (value: string) => unknown };
  }): Promise<{ readonly rows: unknown[] }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(
    event: 'notice',
    listener: (notice: {
      readonly severity?: string | undefined;
      readonly code?: string | undefined;
      readonly message?: string | undefined;
      readonly detail?: string | undefined;
    }) => void,
  ): unknown;
  end(): Promise<unknown>;
  /** Torn down where an end that was asked for does not come. */
  readonly connection?: { readonly stream: { destroy(): unknown } };
}
