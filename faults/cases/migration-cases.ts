import type { MigrationCase } from './migration-case.ts';

/** What every case begins with: the shop's tables, `SEEDED_ORDERS` orders of writer 0, and rights for the application. */
export const SEEDED_ORDERS = 6000;

export const SHOP_SQL: string = `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(1, 100) i;
CREATE TABLE orders (
  id bigserial PRIMARY KEY, writer int NOT NULL, number int NOT NULL, customer_id int NOT NULL,
  total int NOT NULL DEFAULT 0, note text
);
INSERT INTO orders (writer, number, customer_id, total)
  SELECT 0, i, 1 + i % 100, i FROM generate_series(1, ${SEEDED_ORDERS}) i;
ANALYZE`;

const COLUMN = 'ALTER TABLE orders ADD COLUMN shipped_at timestamptz;\n';
const INDEX = 'CREATE INDEX orders_customer_idx ON orders (customer_id);\n';
const CHECKS = `ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id);
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);\n`;

const JOURNAL = {
  version: '7',
  dialect: 'postgresql',
  entries: ['0000_column', '0001_index', '0002_checks'].map((tag, idx) => ({
    idx,
    version: '7',
    when: 1_767_603_600_000 + idx,
    tag,
    breakpoints: true,
  })),
};

export const MIGRATION_CASES: readonly MigrationCase[] = [
  {
    name: 'column',
    about: 'a nullable column: one brief strike under ACCESS EXCLUSIVE',
    files: { '0001_column.sql': COLUMN },
  },
  { name: 'index', about: 'CREATE INDEX CONCURRENTLY', files: { '0001_index.sql': INDEX } },
  {
    name: 'unique index',
    about: 'CREATE UNIQUE INDEX CONCURRENTLY',
    files: { '0001_unique.sql': 'CREATE UNIQUE INDEX orders_number_key ON orders (writer, number);\n' },
  },
  {
    name: 'constraints',
    about: 'a foreign key and a check: NOT VALID, then VALIDATE',
    files: { '0001_checks.sql': CHECKS },
  },
  {
    name: 'type',
    about: 'int to bigint: new column and trigger, backfill, NOT NULL, gate, swap',
    files: { '0001_type.sql': 'ALTER TABLE orders ALTER COLUMN total TYPE bigint;\n' },
  },
  {
    name: 'chain',
    about: 'three migrations of Drizzle in a row, with Drizzle’s own ledger',
    files: {
      'meta/_journal.json': JSON.stringify(JOURNAL),
      '0000_column.sql': COLUMN,
      '0001_index.sql': INDEX,
      '0002_checks.sql': CHECKS.replace(';\n', ';\n--> statement-breakpoint\n'),
    },
  },
];
