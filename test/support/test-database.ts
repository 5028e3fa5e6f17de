import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** A client of its own; closed by `drop`. */
  client(): Promise<pg.Client>;
  drop(): Promise<void>;
}

let counter = 0;

/** An empty database (or a copy of `template`) on the running server of that major. */
export async function createTestDatabase(major: number, template?: string): Promise<TestDatabase> {
  const port = inject('postgresPorts')[major];
  if (port === undefined) throw new TypeError(`no test server of major ${major} is running`);
  counter += 1;
  const name = `t${process.pid}_${counter}`;
  const url = (database: string): string => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  await once(url('postgres'), `CREATE DATABASE ${name} ${template === undefined ? '' : `TEMPLATE ${template}`}`);
  const clients: pg.Client[] = [];
  return {
    name,
    url: url(name),
    port,
    client: async () => {
      const client = new pg.Client({ connectionString: url(name) });
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    },
    drop: async () => {
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await once(url('postgres'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function once(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
