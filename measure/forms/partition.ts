import type { Form } from '../form.ts';

const form = (id: string, sql: string, more: Partial<Form> = {}): Form => ({
  id: `partition/${id}`,
  schema: 'partitioned',
  sql,
  ...more,
});

const YEAR_2026 = "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')";
const YEAR_2027 = "FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')";

export const PARTITION_FORMS: readonly Form[] = [
  form('create', `CREATE TABLE readings_new PARTITION OF readings ${YEAR_2026}`),
  form('create-with-default', `CREATE TABLE events_new PARTITION OF events ${YEAR_2026}`),
  form('create-with-default-proved', `CREATE TABLE logs_new PARTITION OF logs ${YEAR_2026}`),
  form(
    'create-with-default-holding-rows',
    "CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
  ),
  form(
    'create-overlapping',
    "CREATE TABLE readings_new PARTITION OF readings FOR VALUES FROM ('2025-06-01') TO ('2026-06-01')",
  ),
  form('create-default', 'CREATE TABLE readings_default PARTITION OF readings DEFAULT'),
  form('create-second-default', 'CREATE TABLE events_other PARTITION OF events DEFAULT'),
  form('create-list', "CREATE TABLE sales_asia PARTITION OF sales FOR VALUES IN ('asia')"),
  form(
    'create-sub',
    "CREATE TABLE sales_eu_2025 PARTITION OF sales_eu FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
  ),
  form(
    'create-sub-partitioned',
    "CREATE TABLE sales_asia PARTITION OF sales FOR VALUES IN ('asia') PARTITION BY RANGE (sold_on)",
  ),
  form('create-if-not-exists-existing', `CREATE TABLE IF NOT EXISTS readings_2024 PARTITION OF readings ${YEAR_2026}`),
  form('create-with-foreign-key', `CREATE TABLE readings_new PARTITION OF readings ${YEAR_2026}`, {
    setup: 'ALTER TABLE readings ADD CONSTRAINT readings_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);',
  }),
  form('create-referenced', `CREATE TABLE readings_new PARTITION OF readings ${YEAR_2026}`, {
    setup:
      'CREATE TABLE alerts (reading_id bigint, taken_on date, CONSTRAINT alerts_reading_fk FOREIGN KEY (reading_id, taken_on) REFERENCES readings (id, taken_on));',
  }),
  form('create-missing-parent', `CREATE TABLE p PARTITION OF no_such_table ${YEAR_2026}`),

  form('attach', `ALTER TABLE readings ATTACH PARTITION readings_2026 ${YEAR_2026}`),
  form('attach-proved', `ALTER TABLE readings ATTACH PARTITION readings_2027 ${YEAR_2027}`),
  form('attach-proved-but-index-missing', `ALTER TABLE readings ATTACH PARTITION readings_2027 ${YEAR_2027}`, {
    setup: 'ALTER TABLE readings_2027 ADD CONSTRAINT readings_2027_pkey PRIMARY KEY (id, taken_on);',
  }),
  form('attach-with-default', `ALTER TABLE events ATTACH PARTITION events_2026 ${YEAR_2026}`),
  form('attach-with-default-child-proved', `ALTER TABLE events ATTACH PARTITION events_2027 ${YEAR_2027}`),
  form('attach-with-default-proved', `ALTER TABLE logs ATTACH PARTITION logs_2026 ${YEAR_2026}`),
  form('attach-proof-not-valid', `ALTER TABLE events ATTACH PARTITION events_2026 ${YEAR_2026}`, {
    setup:
      "ALTER TABLE events_2026 ADD CONSTRAINT b CHECK (happened_on >= '2026-01-01' AND happened_on < '2027-01-01') NOT VALID;",
  }),
  form(
    'attach-proof-without-not-null',
    "ALTER TABLE sales_eu ATTACH PARTITION sales_eu_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    {
      setup: `CREATE TABLE sales_eu_2025 (id bigint NOT NULL, region text NOT NULL, sold_on date NOT NULL, amount integer,
  CONSTRAINT b CHECK (region = 'eu' AND sold_on >= '2025-01-01' AND sold_on < '2026-01-01'));
INSERT INTO sales_eu_2025 SELECT n, 'eu', '2025-01-01'::date + n % 300, n FROM generate_series(1, 300) n;`,
    },
  ),
  form(
    'attach-tighter-proof',
    "ALTER TABLE logs ATTACH PARTITION logs_2026 FOR VALUES FROM ('2026-01-01') TO ('2028-01-01')",
  ),
  form(
    'attach-looser-check',
    "ALTER TABLE logs ATTACH PARTITION logs_2026 FOR VALUES FROM ('2026-01-01') TO ('2026-12-01')",
  ),
  form('attach-wrong-rows', `ALTER TABLE events ATTACH PARTITION events_2026 ${YEAR_2027}`),
  form(
    'attach-overlapping',
    "ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2025-06-01') TO ('2027-01-01')",
  ),
  form('attach-as-default', 'ALTER TABLE readings ATTACH PARTITION readings_2026 DEFAULT'),
  form('attach-list', "ALTER TABLE sales ATTACH PARTITION sales_asia FOR VALUES IN ('asia')", {
    setup: `CREATE TABLE sales_asia (id bigint NOT NULL, region text NOT NULL, sold_on date NOT NULL, amount integer);
INSERT INTO sales_asia SELECT n, 'asia', '2024-01-01'::date + n % 300, n FROM generate_series(1, 300) n;`,
  }),
  form('attach-list-proved', "ALTER TABLE sales ATTACH PARTITION sales_asia FOR VALUES IN ('asia')", {
    setup: `CREATE TABLE sales_asia (id bigint NOT NULL, region text NOT NULL CONSTRAINT b CHECK (region = 'asia'), sold_on date NOT NULL, amount integer);
INSERT INTO sales_asia SELECT n, 'asia', '2024-01-01'::date + n % 300, n FROM generate_series(1, 300) n;`,
  }),
  form('attach-with-foreign-key', `ALTER TABLE readings ATTACH PARTITION readings_2026 ${YEAR_2026}`, {
    setup: 'ALTER TABLE readings ADD CONSTRAINT readings_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);',
  }),
  form('attach-with-own-foreign-key', `ALTER TABLE readings ATTACH PARTITION readings_2026 ${YEAR_2026}`, {
    setup: `ALTER TABLE readings ADD CONSTRAINT readings_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);
ALTER TABLE readings_2026 ADD CONSTRAINT readings_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);`,
  }),
  form('attach-column-missing', `ALTER TABLE readings ATTACH PARTITION events_2026 ${YEAR_2026}`),
  form('attach-missing-table', `ALTER TABLE readings ATTACH PARTITION no_such_table ${YEAR_2026}`),

  form('detach', 'ALTER TABLE readings DETACH PARTITION readings_2024'),
  form('detach-with-default', 'ALTER TABLE events DETACH PARTITION events_2024'),
  form('detach-default', 'ALTER TABLE events DETACH PARTITION events_default'),
  form('detach-sub-partitioned', 'ALTER TABLE sales DETACH PARTITION sales_eu'),
  form('detach-with-foreign-key', 'ALTER TABLE readings DETACH PARTITION readings_2024', {
    setup: 'ALTER TABLE readings ADD CONSTRAINT readings_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);',
  }),
  form('detach-referenced', 'ALTER TABLE readings DETACH PARTITION readings_2024', {
    setup:
      'CREATE TABLE alerts (reading_id bigint, taken_on date, CONSTRAINT alerts_reading_fk FOREIGN KEY (reading_id, taken_on) REFERENCES readings (id, taken_on));',
  }),
  form('detach-not-a-partition', 'ALTER TABLE readings DETACH PARTITION readings_2026'),
  form('detach-concurrently', 'ALTER TABLE readings DETACH PARTITION readings_2024 CONCURRENTLY', { since: 14 }),
  form('detach-concurrently-with-default', 'ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY', {
    since: 14,
  }),
  form('detach-concurrently-with-foreign-key', 'ALTER TABLE readings DETACH PARTITION readings_2024 CONCURRENTLY', {
    setup: 'ALTER TABLE readings ADD CONSTRAINT readings_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);',
    since: 14,
  }),

  form('drop', 'DROP TABLE readings_2024'),
  form('drop-with-default', 'DROP TABLE events_2024'),
  form('drop-default', 'DROP TABLE events_default'),
  form('drop-parent', 'DROP TABLE readings'),
  form('drop-sub-partitioned', 'DROP TABLE sales_eu'),
  form('truncate', 'TRUNCATE readings_2024'),
  form('truncate-parent', 'TRUNCATE readings'),
  form('rename', 'ALTER TABLE readings_2024 RENAME TO readings_old'),
  form('rename-parent', 'ALTER TABLE readings RENAME TO measurements'),
  form('set-schema-parent', 'ALTER TABLE readings SET SCHEMA archive', { setup: 'CREATE SCHEMA archive;' }),
  form('owner-parent', 'ALTER TABLE readings OWNER TO pg_monitor'),
  form('set-option-parent', 'ALTER TABLE readings SET (autovacuum_enabled = false)'),
  form('set-option', 'ALTER TABLE readings_2024 SET (autovacuum_enabled = false)'),
  form('set-unlogged-parent', 'ALTER TABLE readings SET UNLOGGED'),
  form('set-tablespace-parent', 'ALTER TABLE readings SET TABLESPACE pg_default'),
  form('create-partitioned-table', 'CREATE TABLE visits (id bigint, visited_on date) PARTITION BY RANGE (visited_on)'),
];
