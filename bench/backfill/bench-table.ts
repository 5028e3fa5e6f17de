import type { Connection } from '../../src/db/connection.ts';

/** A table to fill a column of. */
export interface BenchTable {
  readonly name: string;
  readonly width: 'narrow' | 'wide';
  readonly key: 'sequential' | 'random';
  readonly analyzed: boolean;
}

export const STATEMENT = 'UPDATE orders SET cents = total * 100 WHERE cents IS NULL';

export const BENCH_TABLES: readonly BenchTable[] = (['narrow', 'wide'] as const).flatMap((width) =>
  (['sequential', 'random'] as const).flatMap((key) =>
    [true, false].map((analyzed) => ({
      name: `${width} rows, ${key} key, ${analyzed ? 'analyzed' : 'never analyzed'}`,
      width,
      key,
      analyzed,
    })),
  ),
);

/** Makes the table anew, as it is before every way of filling it. */
export async function makeTable(connection: Connection, table: BenchTable, rows: number): Promise<void> {
  const isRandom = table.key === 'random';
  const wide = table.width === 'wide' ? ', name text, address text, note text' : '';
  const values =
    table.width === 'wide' ? ', md5(i::text), repeat(md5((i + 1)::text), 4), repeat(md5((i + 2)::text), 8)' : '';
  await connection.execute('DROP TABLE IF EXISTS orders');
  await connection.execute(
    `CREATE TABLE orders (id ${isRandom ? 'uuid' : 'bigint'} NOT NULL, total int NOT NULL, cents bigint${wide})`,
  );
  const id = isRandom ? "md5('k' || i)::uuid" : 'i';
  await connection.execute(
    `INSERT INTO orders SELECT ${id}, i % 100000, NULL${values} FROM generate_series(1, ${rows}) i`,
  );
  await connection.execute('ALTER TABLE orders ADD PRIMARY KEY (id)');
  // Hint bits and the visibility map are the same for all; without statistics where none are wanted.
  await connection.execute(`VACUUM ${table.analyzed ? '(ANALYZE) ' : ''}orders`);
  await connection.execute('CHECKPOINT');
}
