import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Connection } from '../src/db/connection.ts';
import { connectPostgres } from '../src/db/postgres.ts';
import { MEASURED_MAJORS } from '../src/model/server-version.ts';
import { startPostgresServer } from '../src/server/postgres-server.ts';

/** How fast one server did one kind of work. */
interface MeasuredRate {
  readonly work: 'scan' | 'rewrite' | 'index';
  readonly sql: string;
  readonly seconds: number;
  readonly mbPerSecond: number;
  readonly rowsPerSecond: number;
}

const FILE = 'measured/rates.json';
const ROWS = 2_000_000;

/** Orders as shops have them: about 120 bytes a row, in memory, statistics fresh, every hint bit set. */
const SCHEMA = `
CREATE TABLE customers (id bigint PRIMARY KEY);
INSERT INTO customers SELECT g FROM generate_series(1, 100000) g;
CREATE TABLE orders (
  id bigint NOT NULL, customer_id bigint, code text, status text, total numeric(12,2),
  quantity integer, paid boolean, created_at timestamptz, note text
);
INSERT INTO orders SELECT g, 1 + g % 100000, 'ORD-' || md5(g::text), 'open', g % 1000 + 0.99, g % 7, g % 3 = 0,
  timestamptz '2026-01-01' + g * interval '1 second', 'left at the door' FROM generate_series(1, ${ROWS}) g;
CHECKPOINT;
VACUUM (FREEZE, ANALYZE) orders;
ANALYZE customers;
`;

/** Each is run in a transaction that is taken back, three times; the middle time counts. */
const WORK: readonly Pick<MeasuredRate, 'work' | 'sql'>[] = [
  { work: 'scan', sql: 'ALTER TABLE orders ADD CHECK (quantity >= 0)' },
  { work: 'scan', sql: "ALTER TABLE orders ADD CHECK (status IN ('open', 'paid', 'sent'))" },
  { work: 'scan', sql: 'ALTER TABLE orders ALTER COLUMN customer_id SET NOT NULL' },
  { work: 'scan', sql: 'ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers' },
  { work: 'rewrite', sql: 'ALTER TABLE orders ALTER COLUMN quantity TYPE bigint' },
  { work: 'rewrite', sql: 'ALTER TABLE orders ADD COLUMN public_id uuid DEFAULT gen_random_uuid()' },
  { work: 'index', sql: 'CREATE INDEX ON orders (customer_id)' },
  { work: 'index', sql: 'CREATE INDEX ON orders (created_at)' },
  { work: 'index', sql: 'CREATE UNIQUE INDEX ON orders (code)' },
];

/**
 * `npm run measure:rates`: how fast the servers of this repository scan, rewrite and index a table that lies in memory,
 * without parallel workers and without flushing. Writes `measured/rates.json`; `src/model/calibration.ts` takes the
 * slowest of each kind, rounded down. `--major 18` does one major and writes nothing.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { major: { type: 'string', multiple: true } } });
  const majors = values.major?.map(Number) ?? MEASURED_MAJORS;
  const servers: { readonly version: string; readonly rates: readonly MeasuredRate[] }[] = [];
  for (const major of majors) {
    const server = await startPostgresServer({
      major,
      settings: {
        autovacuum: 'off',
        max_parallel_workers: '0',
        max_parallel_maintenance_workers: '0',
        max_wal_size: '8GB',
      },
    });
    try {
      const connection = await connectPostgres(server.url(), { applicationName: 'rates' });
      servers.push({ version: server.version, rates: await measureServer(connection, server.version) });
      await connection.close();
    } finally {
      await server.stop();
    }
  }
  if (values.major === undefined) {
    writeFileSync(FILE, `${JSON.stringify({ rows: ROWS, servers }, null, 2)}\n`);
    console.log(`wrote ${FILE}`);
  }
}

async function measureServer(connection: Connection, version: string): Promise<readonly MeasuredRate[]> {
  for (const statement of SCHEMA.split(';\n')) if (statement.trim() !== '') await connection.execute(statement);
  const [size] = await connection.query<{ bytes: string }>("SELECT pg_relation_size('orders')::text AS bytes");
  const mb = Number(size?.bytes ?? 0) / 1024 / 1024;
  const rates: MeasuredRate[] = [];
  for (const { work, sql } of WORK) {
    const seconds = await middleTime(connection, sql);
    const rate = {
      work,
      sql,
      seconds,
      mbPerSecond: Math.round(mb / seconds),
      rowsPerSecond: Math.round(ROWS / seconds),
    };
    console.log(`${version}  ${seconds.toFixed(2)} s  ${rate.mbPerSecond} MB/s  ${rate.rowsPerSecond} rows/s  ${sql}`);
    rates.push(rate);
  }
  return rates;
}

async function middleTime(connection: Connection, sql: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    await connection.execute('BEGIN');
    const startedMs = performance.now();
    await connection.execute(sql);
    times.push((performance.now() - startedMs) / 1000);
    await connection.execute('ROLLBACK');
  }
  return Number((times.toSorted((a, b) => a - b)[1] ?? 0).toFixed(3));
}

await main();
