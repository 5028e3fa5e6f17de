import type { Form } from '../form.ts';

const orders = (id: string, command: string, more: Partial<Form> = {}): Form => ({
  id: `column/${id}`,
  schema: 'shop',
  sql: `ALTER TABLE orders ${command}`,
  ...more,
});

const customers = (id: string, command: string, more: Partial<Form> = {}): Form =>
  orders(id, '', { sql: `ALTER TABLE customers ${command}`, ...more });

const settings = (id: string, command: string, more: Partial<Form> = {}): Form =>
  orders(id, '', { sql: `ALTER TABLE settings ${command}`, ...more });

export const COLUMN_CHANGE_FORMS: readonly Form[] = [
  orders('set-not-null', 'ALTER COLUMN note SET NOT NULL'),
  orders('set-not-null-two', 'ALTER COLUMN note SET NOT NULL, ALTER COLUMN carrier SET NOT NULL'),
  orders('set-not-null-already', 'ALTER COLUMN code SET NOT NULL'),
  orders('set-not-null-null-rows', 'ALTER COLUMN shipped_at SET NOT NULL'),
  orders('set-not-null-proved', 'ALTER COLUMN address SET NOT NULL'),
  orders('set-not-null-proved-and-other', 'ALTER COLUMN address SET NOT NULL, ALTER COLUMN note SET NOT NULL'),
  orders('set-not-null-proof-dropped', 'ALTER COLUMN address SET NOT NULL, DROP CONSTRAINT orders_address_given'),
  orders('set-not-null-proof-not-valid', 'ALTER COLUMN note SET NOT NULL', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_given CHECK (note IS NOT NULL) NOT VALID;',
  }),
  orders('set-not-null-proof-validated', 'ALTER COLUMN note SET NOT NULL', {
    setup: `ALTER TABLE orders ADD CONSTRAINT orders_note_given CHECK (note IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_note_given;`,
  }),
  orders('set-not-null-proved-by-conjunction', 'ALTER COLUMN note SET NOT NULL', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_given CHECK (note IS NOT NULL AND total >= 0);',
  }),
  orders('set-not-null-unproved-by-comparison', 'ALTER COLUMN note SET NOT NULL', {
    setup: "ALTER TABLE orders ADD CONSTRAINT orders_note_given CHECK (note <> '');",
  }),
  orders('set-not-null-unproved-by-disjunction', 'ALTER COLUMN note SET NOT NULL', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_given CHECK (note IS NOT NULL OR total > 0);',
  }),
  orders('set-not-null-proof-not-enforced', 'ALTER COLUMN note SET NOT NULL', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_given CHECK (note IS NOT NULL) NOT ENFORCED;',
    since: 18,
  }),
  orders(
    'set-not-null-check-added-beside',
    'ALTER COLUMN note SET NOT NULL, ADD CONSTRAINT n CHECK (note IS NOT NULL)',
  ),
  orders('set-not-null-validates-not-valid', 'ALTER COLUMN note SET NOT NULL', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_there NOT NULL note NOT VALID;',
    since: 18,
  }),
  orders('set-not-null-generated', '', { sql: 'ALTER TABLE order_items ALTER COLUMN amount SET NOT NULL' }),
  orders('drop-not-null', 'ALTER COLUMN code DROP NOT NULL'),
  orders('drop-not-null-already', 'ALTER COLUMN note DROP NOT NULL'),
  orders('drop-not-null-primary-key', 'ALTER COLUMN id DROP NOT NULL'),
  customers('drop-not-null-identity', 'ALTER COLUMN id DROP NOT NULL'),
  {
    id: 'column/set-not-null-partitioned',
    schema: 'partitioned',
    sql: 'ALTER TABLE events ALTER COLUMN kind SET NOT NULL',
  },
  {
    id: 'column/set-not-null-partitioned-proved',
    schema: 'partitioned',
    setup: 'ALTER TABLE events ADD CONSTRAINT events_kind_given CHECK (kind IS NOT NULL);',
    sql: 'ALTER TABLE events ALTER COLUMN kind SET NOT NULL',
  },
  {
    id: 'column/set-not-null-partitioned-proved-on-leaves',
    schema: 'partitioned',
    setup: `ALTER TABLE events_2024 ADD CONSTRAINT kind_given CHECK (kind IS NOT NULL);
ALTER TABLE events_2025 ADD CONSTRAINT kind_given CHECK (kind IS NOT NULL);
ALTER TABLE events_default ADD CONSTRAINT kind_given CHECK (kind IS NOT NULL);`,
    sql: 'ALTER TABLE events ALTER COLUMN kind SET NOT NULL',
  },
  {
    id: 'column/set-not-null-partition',
    schema: 'partitioned',
    sql: 'ALTER TABLE events_2024 ALTER COLUMN kind SET NOT NULL',
  },
  {
    id: 'column/drop-not-null-partitioned',
    schema: 'partitioned',
    sql: 'ALTER TABLE events ALTER COLUMN id DROP NOT NULL',
  },
  {
    id: 'column/set-not-null-inherited',
    schema: 'inherited',
    sql: 'ALTER TABLE vehicles ALTER COLUMN plate SET NOT NULL',
  },

  orders('set-default', "ALTER COLUMN note SET DEFAULT 'none'"),
  orders('set-default-volatile', 'ALTER COLUMN note SET DEFAULT gen_random_uuid()::text'),
  orders('set-default-nextval', "ALTER COLUMN total SET DEFAULT nextval('invoice_number')"),
  orders('set-default-wrong-type', "ALTER COLUMN total SET DEFAULT 'abc'"),
  orders('drop-default', 'ALTER COLUMN status DROP DEFAULT'),
  orders('drop-default-none', 'ALTER COLUMN note DROP DEFAULT'),
  orders('drop-default-serial', 'ALTER COLUMN id DROP DEFAULT'),
  {
    id: 'column/set-default-partitioned',
    schema: 'partitioned',
    sql: 'ALTER TABLE events ALTER COLUMN kind SET DEFAULT 1',
  },
  {
    id: 'column/set-default-partitioned-only',
    schema: 'partitioned',
    sql: "ALTER TABLE ONLY events ALTER COLUMN kind SET DEFAULT 'a'",
  },
  orders('set-default-view', '', { sql: "ALTER VIEW open_orders ALTER COLUMN name SET DEFAULT 'x'" }),

  orders('add-identity', '', { sql: 'ALTER TABLE categories ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY' }),
  settings('add-identity-nullable', 'ALTER COLUMN changed_by ADD GENERATED BY DEFAULT AS IDENTITY'),
  orders('add-identity-with-default', 'ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY'),
  customers('drop-identity', 'ALTER COLUMN id DROP IDENTITY'),
  settings('drop-identity-none', 'ALTER COLUMN changed_by DROP IDENTITY'),
  settings('drop-identity-if-exists', 'ALTER COLUMN changed_by DROP IDENTITY IF EXISTS'),
  customers('set-identity-always', 'ALTER COLUMN id SET GENERATED ALWAYS'),
  customers('restart-identity', 'ALTER COLUMN id RESTART WITH 1000'),
  orders('set-expression', '', {
    sql: 'ALTER TABLE order_items ALTER COLUMN amount SET EXPRESSION AS (quantity * price * 2)',
    since: 17,
  }),
  orders('set-expression-virtual', '', {
    setup: 'ALTER TABLE settings ADD COLUMN tries integer GENERATED ALWAYS AS (attempts + 1) VIRTUAL;',
    sql: 'ALTER TABLE settings ALTER COLUMN tries SET EXPRESSION AS (attempts + 2)',
    since: 18,
  }),
  orders('set-expression-plain-column', 'ALTER COLUMN note SET EXPRESSION AS (code)', { since: 17 }),
  orders('drop-expression', '', { sql: 'ALTER TABLE order_items ALTER COLUMN amount DROP EXPRESSION' }),
  orders('drop-expression-virtual', '', {
    setup: 'ALTER TABLE settings ADD COLUMN tries integer GENERATED ALWAYS AS (attempts + 1) VIRTUAL;',
    sql: 'ALTER TABLE settings ALTER COLUMN tries DROP EXPRESSION',
    since: 18,
  }),
  orders('drop-expression-none', 'ALTER COLUMN note DROP EXPRESSION IF EXISTS'),

  orders('set-statistics', 'ALTER COLUMN note SET STATISTICS 1000'),
  orders('set-storage', 'ALTER COLUMN note SET STORAGE EXTERNAL'),
  orders('set-compression', 'ALTER COLUMN note SET COMPRESSION pglz', { since: 14 }),
  orders('set-n-distinct', 'ALTER COLUMN note SET (n_distinct = 100)'),
  orders('reset-n-distinct', 'ALTER COLUMN note RESET (n_distinct)'),
  {
    id: 'column/set-statistics-partitioned',
    schema: 'partitioned',
    sql: 'ALTER TABLE events ALTER COLUMN kind SET STATISTICS 100',
  },

  orders('drop', 'DROP COLUMN note'),
  orders('drop-two', 'DROP COLUMN note, DROP COLUMN carrier'),
  orders('drop-missing', 'DROP COLUMN no_such_column'),
  orders('drop-missing-if-exists', 'DROP COLUMN IF EXISTS no_such_column'),
  orders('drop-indexed', 'DROP COLUMN code'),
  orders('drop-in-predicate', 'DROP COLUMN shipped_at CASCADE'),
  orders('drop-foreign-key', 'DROP COLUMN customer_id'),
  orders('drop-foreign-key-cascade', 'DROP COLUMN customer_id CASCADE'),
  orders('drop-checked', 'DROP COLUMN address'),
  orders('drop-seen-by-view', 'DROP COLUMN status'),
  orders('drop-seen-by-view-cascade', 'DROP COLUMN status CASCADE'),
  orders('drop-seen-by-two-views-cascade', 'DROP COLUMN total CASCADE'),
  orders('drop-primary-key', '', { sql: 'ALTER TABLE order_items DROP COLUMN id' }),
  orders('drop-referenced', 'DROP COLUMN id CASCADE'),
  customers('drop-referenced-refused', 'DROP COLUMN id'),
  customers('drop-identity-column', 'DROP COLUMN id CASCADE'),
  customers('drop-unique', 'DROP COLUMN phone'),
  customers('drop-domain', 'DROP COLUMN email'),
  orders('drop-generated', '', { sql: 'ALTER TABLE order_items DROP COLUMN amount' }),
  orders('drop-source-of-generated', '', { sql: 'ALTER TABLE order_items DROP COLUMN quantity' }),
  orders('drop-source-of-generated-cascade', '', { sql: 'ALTER TABLE order_items DROP COLUMN quantity CASCADE' }),
  orders('drop-watched-by-trigger', '', { sql: 'ALTER TABLE order_items DROP COLUMN price CASCADE' }),
  orders('drop-watched-by-trigger-refused', '', {
    setup: 'ALTER TABLE order_items DROP COLUMN amount;',
    sql: 'ALTER TABLE order_items DROP COLUMN price',
  }),
  { id: 'column/drop-partitioned', schema: 'partitioned', sql: 'ALTER TABLE readings DROP COLUMN label' },
  { id: 'column/drop-partitioned-indexed', schema: 'partitioned', sql: 'ALTER TABLE readings DROP COLUMN device_id' },
  { id: 'column/drop-partition-key', schema: 'partitioned', sql: 'ALTER TABLE readings DROP COLUMN taken_on' },
  { id: 'column/drop-partition', schema: 'partitioned', sql: 'ALTER TABLE readings_2024 DROP COLUMN label' },
  { id: 'column/drop-partitioned-only', schema: 'partitioned', sql: 'ALTER TABLE ONLY readings DROP COLUMN label' },
  { id: 'column/drop-inherited', schema: 'inherited', sql: 'ALTER TABLE vehicles DROP COLUMN wheels' },

  orders('rename', 'RENAME COLUMN note TO remark'),
  orders('rename-seen-by-view', 'RENAME COLUMN total TO amount'),
  orders('rename-taken', 'RENAME COLUMN note TO code'),
  orders('rename-missing', 'RENAME COLUMN no_such_column TO other'),
  orders('rename-view-column', '', { sql: 'ALTER VIEW open_orders RENAME COLUMN name TO customer_name' }),
  { id: 'column/rename-partitioned', schema: 'partitioned', sql: 'ALTER TABLE readings RENAME COLUMN label TO title' },
  {
    id: 'column/rename-partition',
    schema: 'partitioned',
    sql: 'ALTER TABLE readings_2024 RENAME COLUMN label TO title',
  },
  { id: 'column/rename-inherited', schema: 'inherited', sql: 'ALTER TABLE vehicles RENAME COLUMN plate TO number' },

  orders('add-two', 'ADD COLUMN a text, ADD COLUMN b integer DEFAULT 0'),
  orders('add-free-and-rewriting', 'ADD COLUMN a text, ADD COLUMN b uuid DEFAULT gen_random_uuid()'),
  orders('add-and-not-null', 'ADD COLUMN a integer DEFAULT 1, ALTER COLUMN a SET NOT NULL'),
  orders('add-and-drop', 'ADD COLUMN a text, DROP COLUMN note'),
  orders('add-column-and-check', 'ADD COLUMN a integer, ADD CONSTRAINT orders_a_check CHECK (a > 0)'),
  orders(
    'add-column-and-check-not-valid',
    'ADD COLUMN a integer, ADD CONSTRAINT orders_a_check CHECK (a > 0) NOT VALID',
  ),
  orders(
    'add-column-and-foreign-key',
    'ADD COLUMN a bigint, ADD CONSTRAINT orders_a_fk FOREIGN KEY (a) REFERENCES customers (id)',
  ),
  orders('rewrite-and-set-not-null', 'ADD COLUMN a uuid DEFAULT gen_random_uuid(), ALTER COLUMN note SET NOT NULL'),
  orders('statistics-and-storage', 'ALTER COLUMN note SET STATISTICS 100, ALTER COLUMN note SET STORAGE EXTERNAL'),
  orders('statistics-and-option', 'ALTER COLUMN note SET STATISTICS 100, SET (fillfactor = 80)'),
  orders('validate-and-statistics', 'VALIDATE CONSTRAINT orders_note_given, ALTER COLUMN note SET STATISTICS 100', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_given CHECK (note IS NOT NULL) NOT VALID;',
  }),
  orders('validate-and-set-default', "VALIDATE CONSTRAINT orders_note_given, ALTER COLUMN note SET DEFAULT 'x'", {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_given CHECK (note IS NOT NULL) NOT VALID;',
  }),
];
