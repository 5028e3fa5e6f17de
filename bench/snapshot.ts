import { parseArgs } from 'node:util';
import type { Connection } from '../src/db/connection.ts';
import { connectPostgres } from '../src/db/postgres.ts';
import { startPostgresServer } from '../src/server/postgres-server.ts';
import { readSnapshot } from '../src/snapshot/read-snapshot.ts';
import { snapshotJson } from '../src/snapshot/snapshot-json.ts';

/**
 * `npm run bench:snapshot`: how long a snapshot of a database with 2,000 tables takes on the oldest and the newest
 * major: 7 columns, 4 indexes, a CHECK and a foreign key each, and 500 views. Without the sample of the traffic.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { tables: { type: 'string', default: '2000' }, major: { type: 'string', multiple: true } },
  });
  const tables = Number(values.tables);
  for (const major of values.major?.map(Number) ?? [13, 18]) {
    const server = await startPostgresServer({ major, settings: { max_locks_per_transaction: '256' } });
    try {
      const connection = await connectPostgres(server.url(), { applicationName: 'bench:snapshot' });
      await makeTables(connection, tables);
      for (const run of ['cold', 'warm']) await measure(connection, `${server.version} ${run}`);
      await connection.close();
    } finally {
      await server.stop();
    }
  }
}

async function makeTables(connection: Connection, tables: number): Promise<void> {
  for (let first = 0; first < tables; first += 100) {
    const sql = Array.from({ length: Math.min(100, tables - first) }, (_, at) => tableSql(first + at)).flat();
    await connection.execute(sql.join(';\n'));
  }
  await connection.execute('ANALYZE');
}

function tableSql(number: number): readonly string[] {
  const name = `t${number}`;
  const before = `t${Math.max(0, number - 1)}`;
  const foreignKey = number === 0 ? '' : `, FOREIGN KEY (previous_id) REFERENCES ${before}`;
  return [
    `CREATE TABLE ${name} (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, previous_id bigint, name text NOT NULL,
      kind text CHECK (kind <> ''), total numeric(12, 2), created_at timestamptz DEFAULT now(), email text UNIQUE${foreignKey})`,
    `CREATE INDEX ON ${name} (previous_id)`,
    `CREATE INDEX ON ${name} (lower(name)) WHERE total > 0`,
    ...(number % 4 === 0
      ? [`CREATE VIEW v${number} AS SELECT a.id, a.name FROM ${name} a JOIN ${before} b ON b.id = a.previous_id`]
      : []),
  ];
}

async function measure(connection: Connection, label: string): Promise<void> {
  const counted = countStatements(connection);
  const startedMs = performance.now();
  const snapshot = await readSnapshot(counted.connection, { sampleMs: 0 });
  const readMs = performance.now();
  const json = snapshotJson(snapshot);
  const times = `read in ${Math.round(readMs - startedMs)} ms, written in ${Math.round(performance.now() - readMs)} ms`;
  const size = `${counted.statements()} statements, ${(json.length / 1024 / 1024).toFixed(1)} MB`;
  console.log(`${label}: ${Object.keys(snapshot.relations).length} tables ${times}, ${size}`);
}

function countStatements(connection: Connection): { connection: Connection; statements: () => number } {
  let statements = 0;
  return {
    statements: () => statements,
    connection: {
      pid: connection.pid,
      announcedPid: connection.announcedPid,
      serverMajor: connection.serverMajor,
      query: (sql, parameters) => {
        statements += 1;
        return connection.query(sql, parameters);
      },
      execute: (sql) => {
        statements += 1;
        return connection.execute(sql);
      },
      close: () => connection.close(),
    },
  };
}

await main();
