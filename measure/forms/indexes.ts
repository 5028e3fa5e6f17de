import type { Form } from '../form.ts';

const shop = (id: string, sql: string, more: Partial<Form> = {}): Form => ({
  id: `index/${id}`,
  schema: 'shop',
  sql,
  ...more,
});

const partitioned = (id: string, sql: string, more: Partial<Form> = {}): Form =>
  shop(id, sql, { schema: 'partitioned', ...more });

export const INDEX_FORMS: readonly Form[] = [
  shop('create', 'CREATE INDEX settings_value_idx ON settings (value)'),
  shop('create-unnamed', 'CREATE INDEX ON settings (value)'),
  shop('create-unnamed-expression', 'CREATE INDEX ON settings (lower(value))'),
  shop('create-unnamed-taken', 'CREATE INDEX ON settings (value)', { setup: 'CREATE INDEX ON settings (value);' }),
  shop('create-unique', 'CREATE UNIQUE INDEX settings_key_idx ON settings (key)'),
  shop('create-unique-duplicates', 'CREATE UNIQUE INDEX settings_attempts_idx ON settings (attempts)'),
  shop('create-unique-nulls-not-distinct', 'CREATE UNIQUE INDEX s ON settings (key) NULLS NOT DISTINCT', { since: 15 }),
  shop('create-partial', "CREATE INDEX settings_some_idx ON settings (key) WHERE value <> ''"),
  shop('create-expression', 'CREATE INDEX settings_lower_idx ON settings (lower(key))'),
  shop('create-volatile-expression', 'CREATE INDEX settings_random_idx ON settings ((random()))'),
  shop('create-include', 'CREATE INDEX settings_key_idx ON settings (key) INCLUDE (value)'),
  shop('create-hash', 'CREATE INDEX settings_hash_idx ON settings USING hash (key)'),
  shop('create-gin', "CREATE INDEX settings_gin_idx ON settings USING gin (to_tsvector('simple', value))"),
  shop('create-gist', 'CREATE INDEX settings_gist_idx ON settings USING gist (valid_during)'),
  shop('create-brin', 'CREATE INDEX settings_brin_idx ON settings USING brin (changed_by)'),
  shop('create-on-referenced-table', 'CREATE INDEX customers_name_idx ON customers (name)'),
  shop('create-on-matview', 'CREATE INDEX customer_totals_total_idx ON customer_totals (total)'),
  shop('create-on-view', 'CREATE INDEX v ON open_orders (id)'),
  shop('create-name-taken', 'CREATE INDEX orders_code_idx ON orders (code)'),
  shop('create-if-not-exists-existing', 'CREATE INDEX IF NOT EXISTS orders_code_idx ON orders (code)'),
  shop('create-if-not-exists-new', 'CREATE INDEX IF NOT EXISTS settings_value_idx ON settings (value)'),
  shop('create-missing-column', 'CREATE INDEX i ON settings (no_such_column)'),
  shop('create-missing-table', 'CREATE INDEX i ON no_such_table (id)'),
  shop('create-options', 'CREATE INDEX settings_value_idx ON settings (value DESC NULLS LAST) WITH (fillfactor = 70)'),
  shop('create-concurrently', 'CREATE INDEX CONCURRENTLY settings_value_idx ON settings (value)'),
  shop('create-concurrently-unnamed', 'CREATE INDEX CONCURRENTLY ON settings (value)'),
  shop('create-concurrently-unique', 'CREATE UNIQUE INDEX CONCURRENTLY settings_key_idx ON settings (key)'),
  shop(
    'create-concurrently-duplicates',
    'CREATE UNIQUE INDEX CONCURRENTLY settings_attempts_idx ON settings (attempts)',
  ),
  shop(
    'create-concurrently-partial',
    "CREATE INDEX CONCURRENTLY settings_some_idx ON settings (key) WHERE value <> ''",
  ),
  shop('create-concurrently-expression', 'CREATE INDEX CONCURRENTLY settings_lower_idx ON settings (lower(key))'),
  shop('create-concurrently-existing', 'CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_code_idx ON orders (code)'),
  shop('create-concurrently-referenced', 'CREATE INDEX CONCURRENTLY customers_name_idx ON customers (name)'),
  shop('create-concurrently-matview', 'CREATE INDEX CONCURRENTLY customer_totals_total_idx ON customer_totals (total)'),
  partitioned('create-partitioned', 'CREATE INDEX events_kind_idx ON events (kind)'),
  partitioned('create-partitioned-two-levels', 'CREATE INDEX sales_amount_idx ON sales (amount)'),
  partitioned('create-partitioned-unnamed', 'CREATE INDEX ON events (kind, id)'),
  partitioned('create-partitioned-unique', 'CREATE UNIQUE INDEX events_unique_idx ON events (id, happened_on)'),
  partitioned('create-partitioned-unique-without-key', 'CREATE UNIQUE INDEX events_unique_idx ON events (id)'),
  partitioned('create-partitioned-present', 'CREATE INDEX events_kind_idx ON events (kind)', {
    setup: `CREATE INDEX events_2024_kind ON events_2024 (kind);
CREATE INDEX events_2025_kind ON events_2025 (kind);
CREATE INDEX events_default_kind ON events_default (kind);`,
  }),
  partitioned('create-partitioned-only', 'CREATE INDEX events_kind_idx ON ONLY events (kind)'),
  partitioned('create-partitioned-concurrently', 'CREATE INDEX CONCURRENTLY events_kind_idx ON events (kind)'),
  partitioned('create-partition', 'CREATE INDEX events_2024_kind_idx ON events_2024 (kind)'),
  partitioned('create-partition-concurrently', 'CREATE INDEX CONCURRENTLY events_2024_kind_idx ON events_2024 (kind)'),
  partitioned('attach', 'ALTER INDEX events_kind_idx ATTACH PARTITION events_2024_kind_idx', {
    setup: `CREATE INDEX events_kind_idx ON ONLY events (kind);
CREATE INDEX events_2024_kind_idx ON events_2024 (kind);`,
  }),
  partitioned('attach-last', 'ALTER INDEX tokens_payload_idx ATTACH PARTITION tokens_1_payload_idx', {
    setup: `CREATE INDEX tokens_payload_idx ON ONLY tokens (payload);
CREATE INDEX tokens_0_payload_idx ON tokens_0 (payload);
CREATE INDEX tokens_1_payload_idx ON tokens_1 (payload);
ALTER INDEX tokens_payload_idx ATTACH PARTITION tokens_0_payload_idx;`,
  }),
  partitioned('attach-again', 'ALTER INDEX readings_device_idx ATTACH PARTITION readings_2024_device_id_idx'),
  partitioned('attach-mismatch', 'ALTER INDEX events_kind_idx ATTACH PARTITION events_2024_id_idx', {
    setup: `CREATE INDEX events_kind_idx ON ONLY events (kind);
CREATE INDEX events_2024_id_idx ON events_2024 (id);`,
  }),

  shop('drop', 'DROP INDEX orders_code_idx'),
  shop('drop-two', 'DROP INDEX orders_code_idx, order_items_order_idx'),
  shop('drop-missing', 'DROP INDEX no_such_index'),
  shop('drop-if-exists-missing', 'DROP INDEX IF EXISTS no_such_index'),
  shop('drop-of-constraint', 'DROP INDEX customers_phone_key'),
  shop('drop-of-matview', 'DROP INDEX customer_totals_key'),
  shop('drop-concurrently', 'DROP INDEX CONCURRENTLY orders_code_idx'),
  shop('drop-concurrently-missing', 'DROP INDEX CONCURRENTLY IF EXISTS no_such_index'),
  shop('drop-concurrently-of-constraint', 'DROP INDEX CONCURRENTLY customers_phone_key'),
  partitioned('drop-partitioned', 'DROP INDEX readings_device_idx'),
  partitioned('drop-partitioned-concurrently', 'DROP INDEX CONCURRENTLY readings_device_idx'),
  partitioned('drop-of-partition', 'DROP INDEX readings_2024_device_id_idx'),

  shop('reindex-index', 'REINDEX INDEX orders_code_idx'),
  shop('reindex-index-concurrently', 'REINDEX INDEX CONCURRENTLY orders_code_idx'),
  shop('reindex-table', 'REINDEX TABLE orders'),
  shop('reindex-table-concurrently', 'REINDEX TABLE CONCURRENTLY orders'),
  shop('reindex-table-without-indexes', 'REINDEX TABLE settings'),
  shop('reindex-table-concurrently-exclusion', 'REINDEX TABLE CONCURRENTLY settings', {
    setup: 'ALTER TABLE settings ADD CONSTRAINT settings_no_overlap EXCLUDE USING gist (valid_during WITH &&);',
  }),
  shop('reindex-matview', 'REINDEX TABLE customer_totals'),
  shop('reindex-schema', 'REINDEX SCHEMA archive', {
    setup: `CREATE TABLE archive.old_orders (id integer PRIMARY KEY);
INSERT INTO archive.old_orders SELECT generate_series(1, 300);`,
  }),
  shop('reindex-schema-concurrently', 'REINDEX SCHEMA CONCURRENTLY archive', {
    setup: `CREATE TABLE archive.old_orders (id integer PRIMARY KEY);
INSERT INTO archive.old_orders SELECT generate_series(1, 300);`,
  }),
  shop('reindex-index-missing', 'REINDEX INDEX no_such_index'),
  partitioned('reindex-table-partitioned', 'REINDEX TABLE readings'),
  partitioned('reindex-table-partitioned-concurrently', 'REINDEX TABLE CONCURRENTLY readings'),
  partitioned('reindex-index-partitioned', 'REINDEX INDEX readings_device_idx'),
  partitioned('reindex-index-partitioned-concurrently', 'REINDEX INDEX CONCURRENTLY readings_device_idx'),
  partitioned('reindex-partition', 'REINDEX TABLE readings_2024'),

  shop('rename', 'ALTER INDEX orders_code_idx RENAME TO orders_by_code'),
  shop('rename-by-alter-table', 'ALTER TABLE orders_code_idx RENAME TO orders_by_code'),
  shop('rename-missing', 'ALTER INDEX no_such_index RENAME TO other'),
  shop('rename-missing-if-exists', 'ALTER INDEX IF EXISTS no_such_index RENAME TO other'),
  shop('rename-of-constraint', 'ALTER INDEX customers_phone_key RENAME TO customers_phone_unique'),
  shop('set-option', 'ALTER INDEX orders_code_idx SET (fillfactor = 70)'),
  shop('reset-option', 'ALTER INDEX orders_code_idx RESET (fillfactor)'),
  shop('set-statistics', 'ALTER INDEX orders_lower_code_idx ALTER COLUMN 1 SET STATISTICS 500'),
  shop('set-tablespace-same', 'ALTER INDEX orders_code_idx SET TABLESPACE pg_default'),
  shop('set-tablespace-other', 'ALTER INDEX orders_code_idx SET TABLESPACE measured_space'),
  shop('comment', "COMMENT ON INDEX orders_code_idx IS 'by code'"),
];
