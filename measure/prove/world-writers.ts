import pg from 'pg';

/** What the application itself runs into when two of its sessions pick the same value; nothing of the migration's. */
const OWN_CONFLICT = '23505';

export interface WorldReport {
  /** How often each statement went through. */
  readonly done: ReadonlyMap<string, number>;
  /** Statements that failed, with the server's words. */
  readonly failures: readonly string[];
}

/** Sessions of one version of an application: each says its statements one after the other, over and over. */
export class WorldWriters {
  readonly #done = new Map<string, number>();
  readonly #failures: string[] = [];
  readonly #clients: pg.Client[] = [];
  readonly #loops: Promise<void>[] = [];
  #isRunning = true;
  #count = 0;

  /** Statements that were answered so far. */
  get count(): number {
    return this.#count;
  }

  static async start(url: string, statements: readonly string[], sessions: number): Promise<WorldWriters> {
    const writers = new WorldWriters();
    if (statements.length === 0) return writers;
    for (let at = 0; at < sessions; at += 1) {
      const client = new pg.Client({ connectionString: url, application_name: 'world' });
      client.on('error', () => undefined);
      await client.connect();
      writers.#clients.push(client);
    }
    for (const [at, client] of writers.#clients.entries()) writers.#loops.push(writers.#say(client, statements, at));
    return writers;
  }

  /** Resolves once so many statements were answered, or none is said any more. */
  async until(count: number): Promise<void> {
    while (this.#isRunning && this.#loops.length > 0 && this.#count < count && this.#failures.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<WorldReport> {
    this.#isRunning = false;
    await Promise.all(this.#loops);
    await Promise.all(this.#clients.map((client) => client.end()));
    return { done: this.#done, failures: this.#failures };
  }

  async #say(client: pg.Client, statements: readonly string[], first: number): Promise<void> {
    for (let index = first; this.#isRunning; index += 1) {
      const sql = statements[index % statements.length] ?? '';
      try {
        const { command, rowCount } = await client.query(sql);
        // Two sessions may be after the same row: only one of them takes it away.
        if (command !== 'DELETE' || rowCount !== 0) this.#done.set(sql, (this.#done.get(sql) ?? 0) + 1);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError) || error.code !== OWN_CONFLICT) {
          this.#failures.push(`${sql}: ${error instanceof Error ? error.message : String(error)}`);
          return;
        }
      }
      this.#count += 1;
    }
  }
}
