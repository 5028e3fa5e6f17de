import type { RecipeName } from '../../src/plan/recipe.ts';

/** A naive migration, the rows that it meets, and what the application says meanwhile. */
export interface RecipeCase {
  readonly name: string;
  /** The recipe that has to be chosen; null when the statement is to stay as it is. */
  readonly recipe: RecipeName | null;
  readonly setup: string;
  readonly sql: string;
  /** Statements of the application as it was before; they have to work until the first gate. */
  readonly old: readonly string[];
  /** Statements of the application as it is afterwards; they have to work from the first gate on. */
  readonly new: readonly string[];
  readonly since?: number;
  readonly until?: number;
}

const SHOP = `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO customers SELECT g, 'customer ' || g FROM generate_series(1, 50) g;
CREATE TABLE orders (
  id bigserial PRIMARY KEY, customer_id int, code text, total int NOT NULL DEFAULT 5, status varchar(20), note text NOT NULL
);
CREATE INDEX orders_status_idx ON orders (status);
INSERT INTO orders (customer_id, code, total, status, note)
  SELECT 1 + g % 50, 'c' || g, g, CASE g % 2 WHEN 0 THEN 'new' ELSE 'done' END, 'n' || g FROM generate_series(1, 2500) g;
`;

const PARTS = `
CREATE TABLE days (id int PRIMARY KEY); INSERT INTO days SELECT generate_series(1, 100);
CREATE TABLE events (id int NOT NULL, day date NOT NULL, value int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (id);
CREATE TABLE events_2025_a PARTITION OF events_2025 DEFAULT;
INSERT INTO events SELECT g, date '2024-06-01' + (g % 2) * 365, 1 + g % 100 FROM generate_series(1, 600) g;
`;

const OLD_ORDER = [
  `INSERT INTO orders (customer_id, code, total, status, note) VALUES (7, 'old-' || clock_timestamp(), 9, 'new', 'x')`,
  `UPDATE orders SET total = total + 1, status = 'done' WHERE id = 3`,
  'SELECT id, customer_id, code, total, status, note FROM orders WHERE id = 5',
];
const EVENT = [
  `INSERT INTO events VALUES ((random() * 1e9)::int, '2024-03-03', 4)`,
  `SELECT count(*) FROM events WHERE day > '2024-01-01'`,
];

const ODD = `CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop"."Order Lines" ("Id" int PRIMARY KEY, "Select" int NOT NULL DEFAULT 0, "Na""me" text DEFAULT '');
  INSERT INTO "My Shop"."Order Lines" SELECT i, i % 7, 'n' || i FROM generate_series(1, 200) i;`;
const OLD_ODD: readonly string[] = [
  'INSERT INTO "My Shop"."Order Lines" ("Id", "Select") VALUES ((SELECT max("Id") + 1 FROM "My Shop"."Order Lines"), 4)',
  'UPDATE "My Shop"."Order Lines" SET "Select" = 3 WHERE "Id" = 9',
];

export const RECIPE_CASES: readonly RecipeCase[] = [
  {
    name: 'an index',
    recipe: 'create-index-concurrently',
    setup: SHOP,
    sql: 'CREATE INDEX ON orders (customer_id, lower(code)) WHERE total > 3',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a unique index',
    recipe: 'create-index-concurrently',
    setup: SHOP,
    sql: 'CREATE UNIQUE INDEX orders_code_u ON orders USING btree (code DESC) INCLUDE (total)',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'an index of a partitioned table',
    recipe: 'create-index-partitioned',
    setup: PARTS,
    sql: 'CREATE INDEX events_value_idx ON events (value)',
    old: EVENT,
    new: EVENT,
  },
  {
    name: 'dropping an index',
    recipe: 'drop-index-concurrently',
    setup: SHOP,
    sql: 'DROP INDEX orders_status_idx',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'rebuilding an index',
    recipe: 'reindex-concurrently',
    setup: SHOP,
    sql: 'REINDEX INDEX orders_status_idx',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a unique constraint',
    recipe: 'key-using-index',
    setup: SHOP,
    sql: 'ALTER TABLE orders ADD UNIQUE (code)',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a deferrable unique constraint with a name',
    recipe: 'key-using-index',
    setup: SHOP,
    sql: 'ALTER TABLE orders ADD CONSTRAINT u UNIQUE (code) DEFERRABLE INITIALLY DEFERRED',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a primary key over nullable columns',
    recipe: 'key-using-index',
    setup: `${SHOP}ALTER TABLE orders DROP CONSTRAINT orders_pkey;`,
    sql: 'ALTER TABLE orders ADD PRIMARY KEY (code)',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a foreign key',
    recipe: 'foreign-key-not-valid',
    setup: SHOP,
    sql: 'ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE SET NULL',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a foreign key of a partitioned table',
    recipe: 'foreign-key-not-valid',
    setup: PARTS,
    sql: 'ALTER TABLE events ADD CONSTRAINT events_value_fk FOREIGN KEY (value) REFERENCES days (id)',
    old: EVENT,
    new: EVENT,
  },
  {
    name: 'a check',
    recipe: 'check-not-valid',
    setup: SHOP,
    sql: 'ALTER TABLE orders ADD CHECK (total >= 0)',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a check over two columns with a name',
    recipe: 'check-not-valid',
    setup: SHOP,
    sql: `ALTER TABLE orders ADD CONSTRAINT sane CHECK (total >= 0 AND note <> '')`,
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'NOT NULL to 17',
    recipe: 'not-null-by-check',
    until: 17,
    setup: SHOP,
    sql: 'ALTER TABLE orders ALTER COLUMN status SET NOT NULL',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'NOT NULL from 18',
    recipe: 'not-null-not-valid',
    since: 18,
    setup: SHOP,
    sql: 'ALTER TABLE orders ALTER COLUMN status SET NOT NULL',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a column with a volatile default',
    recipe: 'add-column-backfill',
    setup: SHOP,
    sql: 'ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()',
    old: OLD_ORDER,
    new: [...OLD_ORDER, 'SELECT token FROM orders WHERE id = 1'],
  },
  {
    name: 'a column with constraints of its own',
    recipe: 'add-column-apart',
    setup: SHOP,
    sql: `ALTER TABLE orders ADD COLUMN rank int DEFAULT 1 CHECK (rank > 0) REFERENCES customers (id)`,
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a wider number',
    recipe: 'type-by-new-column',
    setup: `${SHOP}CREATE INDEX orders_total_idx ON orders (total DESC) WHERE total > 10; ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);`,
    sql: 'ALTER TABLE orders ALTER COLUMN total TYPE bigint',
    old: OLD_ORDER,
    new: [...OLD_ORDER, 'UPDATE orders SET total = 3 WHERE id = 9'],
  },
  {
    name: 'a number as text, with an expression',
    recipe: 'type-by-new-column',
    setup: `${SHOP}ALTER TABLE orders ALTER COLUMN total DROP DEFAULT;`,
    sql: `ALTER TABLE orders ALTER COLUMN total TYPE text USING 'EUR ' || total`,
    old: OLD_ORDER,
    new: [`SELECT id FROM orders WHERE id = 5`],
  },
  {
    name: 'a type change under a foreign key and a unique constraint',
    recipe: 'type-by-new-column',
    setup: `${SHOP}ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id), ADD CONSTRAINT orders_pair UNIQUE (customer_id, code);`,
    sql: 'ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a wider number, with names that need quotes',
    recipe: 'type-by-new-column',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" ALTER COLUMN "Select" TYPE bigint',
    old: OLD_ODD,
    new: OLD_ODD,
  },
  {
    name: 'a volatile default, with names that need quotes',
    recipe: 'add-column-backfill',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" ADD COLUMN "To""ken" uuid NOT NULL DEFAULT gen_random_uuid()',
    old: OLD_ODD,
    new: OLD_ODD,
  },
  {
    name: 'renaming a column, with names that need quotes',
    recipe: 'rename-column-by-copy',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" RENAME COLUMN "Na""me" TO "Full Name"',
    old: OLD_ODD,
    new: ['UPDATE "My Shop"."Order Lines" SET "Full Name" = \'x\' WHERE "Id" = 4'],
  },
  {
    name: 'NOT NULL to 17, with names that need quotes',
    recipe: 'not-null-by-check',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" ALTER COLUMN "Na""me" SET NOT NULL',
    old: OLD_ODD,
    new: OLD_ODD,
    until: 17,
  },
  {
    name: 'NOT NULL from 18, with names that need quotes',
    recipe: 'not-null-not-valid',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" ALTER COLUMN "Na""me" SET NOT NULL',
    old: OLD_ODD,
    new: OLD_ODD,
    since: 18,
  },
  {
    name: 'a unique constraint, with names that need quotes',
    recipe: 'key-using-index',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" ADD CONSTRAINT "The Key" UNIQUE ("Select", "Id")',
    old: OLD_ODD,
    new: OLD_ODD,
  },
  {
    name: 'a check, with names that need quotes',
    recipe: 'check-not-valid',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" ADD CHECK ("Select" >= 0)',
    old: OLD_ODD,
    new: OLD_ODD,
  },
  {
    name: 'an index, with names that need quotes',
    recipe: 'create-index-concurrently',
    setup: ODD,
    sql: 'CREATE INDEX ON "My Shop"."Order Lines" (lower("Na""me"), "Select")',
    old: OLD_ODD,
    new: OLD_ODD,
  },
  {
    name: 'dropping a column, with names that need quotes',
    recipe: 'drop-column-after-gate',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" DROP COLUMN "Na""me"',
    old: OLD_ODD,
    new: OLD_ODD,
  },
  {
    name: 'renaming a table, with names that need quotes',
    recipe: 'rename-table-by-view',
    setup: ODD,
    sql: 'ALTER TABLE "My Shop"."Order Lines" RENAME TO "Lines"',
    old: OLD_ODD,
    new: OLD_ODD.map((sql) => sql.replaceAll('"Order Lines"', '"Lines"')),
  },
  {
    name: 'a view that is replaced',
    recipe: null,
    setup: `${SHOP}CREATE VIEW recent AS SELECT id FROM orders;`,
    sql: 'CREATE OR REPLACE VIEW recent AS SELECT id, total FROM orders WHERE total > 1',
    old: ['SELECT id FROM recent'],
    new: ['SELECT id FROM recent'],
  },
  {
    name: 'renaming a column',
    recipe: 'rename-column-by-copy',
    setup: `${SHOP}CREATE UNIQUE INDEX orders_code_u ON orders (code);`,
    sql: 'ALTER TABLE orders RENAME COLUMN code TO reference',
    old: OLD_ORDER,
    new: [
      `INSERT INTO orders (customer_id, reference, total, note) VALUES (7, 'new-' || clock_timestamp(), 9, 'x')`,
      `UPDATE orders SET reference = reference || '!' WHERE id = 4`,
      'SELECT reference FROM orders WHERE id = 4',
    ],
  },
  {
    name: 'renaming a required column',
    recipe: 'rename-column-by-copy',
    setup: SHOP,
    sql: 'ALTER TABLE orders RENAME note TO remark',
    old: OLD_ORDER,
    new: [`INSERT INTO orders (code, remark) VALUES ('z', 'only the new name')`, `SELECT remark FROM orders`],
  },
  {
    name: 'renaming a table',
    recipe: 'rename-table-by-view',
    setup: SHOP,
    sql: 'ALTER TABLE orders RENAME TO purchases',
    old: OLD_ORDER,
    new: OLD_ORDER.map((sql) => sql.replaceAll('orders', 'purchases')),
  },
  {
    name: 'dropping a required column',
    recipe: 'drop-column-after-gate',
    setup: SHOP,
    sql: 'ALTER TABLE orders DROP COLUMN note',
    old: OLD_ORDER,
    new: [`INSERT INTO orders (code) VALUES ('without')`, 'SELECT code FROM orders WHERE id = 1'],
  },
  {
    name: 'dropping a table',
    recipe: 'drop-table-after-gate',
    setup: `${SHOP}ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;`,
    sql: 'DROP TABLE orders',
    old: OLD_ORDER,
    new: ['SELECT count(*) FROM customers'],
  },
  {
    name: 'refreshing a materialized view',
    recipe: 'refresh-concurrently',
    setup: `${SHOP}CREATE MATERIALIZED VIEW totals AS SELECT id, total FROM orders; CREATE UNIQUE INDEX ON totals (id); UPDATE orders SET total = 1;`,
    sql: 'REFRESH MATERIALIZED VIEW totals',
    old: ['SELECT * FROM totals WHERE id = 1'],
    new: ['SELECT * FROM totals WHERE id = 1'],
  },
  {
    name: 'several commands at once',
    recipe: 'key-using-index',
    setup: SHOP,
    sql: "ALTER TABLE orders ADD COLUMN a int, ADD CONSTRAINT orders_code_key UNIQUE (code), ALTER COLUMN status TYPE varchar(40), ALTER COLUMN status SET DEFAULT 'new'",
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a plain column',
    recipe: null,
    setup: SHOP,
    sql: `ALTER TABLE orders ADD COLUMN tracking_url text DEFAULT 'none'`,
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
  {
    name: 'a wider varchar',
    recipe: null,
    setup: SHOP,
    sql: 'ALTER TABLE orders ALTER COLUMN status TYPE varchar(100)',
    old: OLD_ORDER,
    new: OLD_ORDER,
  },
];
