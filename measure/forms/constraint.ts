import type { Form } from '../form.ts';

const shop = (id: string, sql: string, more: Partial<Form> = {}): Form => ({
  id: `constraint/${id}`,
  schema: 'shop',
  sql: `ALTER TABLE ${sql}`,
  ...more,
});

const partitioned = (id: string, sql: string, more: Partial<Form> = {}): Form =>
  shop(id, sql, { schema: 'partitioned', ...more });

const ITEMS_FK = 'FOREIGN KEY (changed_by) REFERENCES customers (id)';

const NOT_VALID_ITEMS: Partial<Form> = {
  setup: `ALTER TABLE settings ADD CONSTRAINT settings_changed_by_fk ${ITEMS_FK} NOT VALID;`,
};
const NOT_VALID_CHECK: Partial<Form> = {
  setup: "ALTER TABLE settings ADD CONSTRAINT settings_value_check CHECK (value <> '') NOT VALID;",
};
const KEY_INDEX: Partial<Form> = { setup: 'CREATE UNIQUE INDEX settings_key_idx ON settings (key);' };
const VALUE_INDEX: Partial<Form> = { setup: 'CREATE UNIQUE INDEX settings_value_idx ON settings (value);' };
const PARTITION_FKS = `ALTER TABLE events_2024 ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);
ALTER TABLE events_2025 ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);
ALTER TABLE events_default ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);`;

export const CONSTRAINT_FORMS: readonly Form[] = [
  shop('add-check', "settings ADD CONSTRAINT settings_value_check CHECK (value <> '')"),
  shop('add-check-unnamed', "settings ADD CHECK (value <> '')"),
  shop('add-check-violated', 'settings ADD CONSTRAINT settings_value_check CHECK (length(value) > 100)'),
  shop('add-check-not-valid', "settings ADD CONSTRAINT settings_value_check CHECK (value <> '') NOT VALID"),
  shop('add-check-not-enforced', "settings ADD CONSTRAINT settings_value_check CHECK (value <> '') NOT ENFORCED", {
    since: 18,
  }),
  shop('add-two-checks', "settings ADD CONSTRAINT a CHECK (value <> ''), ADD CONSTRAINT b CHECK (key <> '')"),
  shop('validate-check', 'settings VALIDATE CONSTRAINT settings_value_check', NOT_VALID_CHECK),
  shop('validate-check-again', 'customers VALIDATE CONSTRAINT customers_credit_check'),
  shop('validate-missing', 'settings VALIDATE CONSTRAINT no_such_constraint'),
  shop('drop-check', 'customers DROP CONSTRAINT customers_credit_check'),
  shop('drop-check-if-exists-missing', 'customers DROP CONSTRAINT IF EXISTS no_such_constraint'),
  shop('drop-missing', 'customers DROP CONSTRAINT no_such_constraint'),
  shop('rename-check', 'customers RENAME CONSTRAINT customers_credit_check TO credit_not_negative'),
  partitioned('add-check-partitioned', 'events ADD CONSTRAINT events_id_check CHECK (id > 0)'),
  partitioned('add-check-partitioned-two-levels', 'sales ADD CONSTRAINT sales_amount_check CHECK (amount > 0)'),
  partitioned('add-check-partitioned-not-valid', 'events ADD CONSTRAINT events_id_check CHECK (id > 0) NOT VALID'),
  partitioned('add-check-partitioned-only', 'ONLY events ADD CONSTRAINT events_id_check CHECK (id > 0)'),
  partitioned('add-check-partitioned-present', 'events ADD CONSTRAINT events_id_check CHECK (id > 0)', {
    setup: `ALTER TABLE events_2024 ADD CONSTRAINT events_id_check CHECK (id > 0);
ALTER TABLE events_2025 ADD CONSTRAINT events_id_check CHECK (id > 0);
ALTER TABLE events_default ADD CONSTRAINT events_id_check CHECK (id > 0);`,
  }),
  partitioned('validate-check-partitioned', 'events VALIDATE CONSTRAINT events_id_check', {
    setup: 'ALTER TABLE events ADD CONSTRAINT events_id_check CHECK (id > 0) NOT VALID;',
  }),
  partitioned('drop-check-partitioned', 'readings DROP CONSTRAINT readings_value_check'),
  partitioned('drop-check-partition', 'readings_2024 DROP CONSTRAINT readings_value_check'),
  shop('add-check-inherited', 'vehicles ADD CONSTRAINT vehicles_wheels_check CHECK (wheels > 0)', {
    schema: 'inherited',
  }),
  shop('add-check-no-inherit', 'vehicles ADD CONSTRAINT vehicles_wheels_check CHECK (wheels > 0) NO INHERIT', {
    schema: 'inherited',
  }),

  shop('add-unique', 'settings ADD CONSTRAINT settings_key_unique UNIQUE (key)'),
  shop('add-unique-unnamed', 'settings ADD UNIQUE (key)'),
  shop('add-unique-two-columns', 'settings ADD UNIQUE (key, value)'),
  shop('add-unique-include', 'settings ADD CONSTRAINT settings_key_unique UNIQUE (key) INCLUDE (value)'),
  shop(
    'add-unique-deferrable',
    'settings ADD CONSTRAINT settings_key_unique UNIQUE (key) DEFERRABLE INITIALLY DEFERRED',
  ),
  shop('add-unique-duplicates', 'settings ADD CONSTRAINT settings_attempts_unique UNIQUE (attempts)'),
  shop('add-unique-nulls-not-distinct', 'settings ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (key)', { since: 15 }),
  shop(
    'add-unique-using-index',
    'settings ADD CONSTRAINT settings_key_unique UNIQUE USING INDEX settings_key_idx',
    KEY_INDEX,
  ),
  shop(
    'add-unique-using-index-nullable',
    'settings ADD CONSTRAINT settings_value_unique UNIQUE USING INDEX settings_value_idx',
    VALUE_INDEX,
  ),
  shop(
    'add-unique-using-index-same-name',
    'settings ADD CONSTRAINT settings_key_idx UNIQUE USING INDEX settings_key_idx',
    KEY_INDEX,
  ),
  shop('add-unique-using-index-not-unique', 'orders ADD CONSTRAINT c UNIQUE USING INDEX orders_code_idx'),
  shop('add-unique-using-index-missing', 'orders ADD CONSTRAINT c UNIQUE USING INDEX no_such_index'),
  shop('add-unique-using-index-partial', 'settings ADD CONSTRAINT c UNIQUE USING INDEX settings_some_idx', {
    setup: "CREATE UNIQUE INDEX settings_some_idx ON settings (key) WHERE value <> '';",
  }),
  shop('drop-unique', 'customers DROP CONSTRAINT customers_phone_key'),
  shop('drop-unique-referenced', 'settings DROP CONSTRAINT settings_key_unique', {
    setup: `ALTER TABLE settings ADD CONSTRAINT settings_key_unique UNIQUE (key);
CREATE TABLE overrides (key text CONSTRAINT overrides_key_fk REFERENCES settings (key));`,
  }),
  shop('drop-unique-referenced-cascade', 'settings DROP CONSTRAINT settings_key_unique CASCADE', {
    setup: `ALTER TABLE settings ADD CONSTRAINT settings_key_unique UNIQUE (key);
CREATE TABLE overrides (key text CONSTRAINT overrides_key_fk REFERENCES settings (key));`,
  }),
  shop('rename-unique', 'customers RENAME CONSTRAINT customers_phone_key TO customers_phone_unique'),
  partitioned('add-unique-partitioned', 'events ADD CONSTRAINT events_unique UNIQUE (id, happened_on)'),
  partitioned('add-unique-partitioned-without-key', 'events ADD CONSTRAINT events_unique UNIQUE (id)'),
  partitioned('add-unique-partitioned-only', 'ONLY events ADD CONSTRAINT events_unique UNIQUE (id, happened_on)'),
  partitioned('add-unique-partition', 'events_2024 ADD CONSTRAINT events_2024_unique UNIQUE (id)'),
  partitioned('add-unique-partitioned-present', 'events ADD CONSTRAINT events_unique UNIQUE (id, happened_on)', {
    setup: `ALTER TABLE events_2024 ADD CONSTRAINT events_2024_u UNIQUE (id, happened_on);
ALTER TABLE events_2025 ADD CONSTRAINT events_2025_u UNIQUE (id, happened_on);
ALTER TABLE events_default ADD CONSTRAINT events_default_u UNIQUE (id, happened_on);`,
  }),

  shop('add-primary-key', 'settings ADD CONSTRAINT settings_pkey PRIMARY KEY (key)'),
  shop('add-primary-key-unnamed', 'settings ADD PRIMARY KEY (key)'),
  shop('add-primary-key-nullable', 'settings ADD CONSTRAINT settings_pkey PRIMARY KEY (value)'),
  shop('add-primary-key-null-rows', 'order_notes ADD PRIMARY KEY (id)', {
    setup: 'CREATE TABLE order_notes (id integer); INSERT INTO order_notes VALUES (1), (NULL);',
  }),
  shop('add-primary-key-second', 'customers ADD PRIMARY KEY (name)'),
  shop(
    'add-primary-key-using-index',
    'settings ADD CONSTRAINT settings_pkey PRIMARY KEY USING INDEX settings_key_idx',
    KEY_INDEX,
  ),
  shop(
    'add-primary-key-using-index-nullable',
    'settings ADD CONSTRAINT settings_pkey PRIMARY KEY USING INDEX settings_value_idx',
    VALUE_INDEX,
  ),
  shop(
    'add-primary-key-using-index-proved',
    'settings ADD CONSTRAINT settings_pkey PRIMARY KEY USING INDEX settings_value_idx',
    {
      setup: `CREATE UNIQUE INDEX settings_value_idx ON settings (value);
ALTER TABLE settings ADD CONSTRAINT settings_value_given CHECK (value IS NOT NULL);`,
    },
  ),
  shop('add-primary-key-proved', 'settings ADD CONSTRAINT settings_pkey PRIMARY KEY (value)', {
    setup: 'ALTER TABLE settings ADD CONSTRAINT settings_value_given CHECK (value IS NOT NULL);',
  }),
  shop('drop-primary-key', 'order_items DROP CONSTRAINT order_items_pkey'),
  shop('drop-primary-key-referenced', 'customers DROP CONSTRAINT customers_pkey'),
  shop('drop-primary-key-referenced-cascade', 'customers DROP CONSTRAINT customers_pkey CASCADE'),
  shop(
    'replace-primary-key',
    'order_items DROP CONSTRAINT order_items_pkey, ADD CONSTRAINT order_items_new_pkey PRIMARY KEY (id)',
  ),
  partitioned('add-primary-key-partitioned', 'events ADD CONSTRAINT events_pkey PRIMARY KEY (id, happened_on)'),
  partitioned('drop-primary-key-partitioned', 'readings DROP CONSTRAINT readings_pkey'),

  shop('add-foreign-key', `settings ADD CONSTRAINT settings_changed_by_fk ${ITEMS_FK}`),
  shop('add-foreign-key-unnamed', `settings ADD ${ITEMS_FK}`),
  shop('add-foreign-key-implied-key', 'settings ADD FOREIGN KEY (changed_by) REFERENCES customers'),
  shop('add-foreign-key-cascade', `settings ADD CONSTRAINT settings_changed_by_fk ${ITEMS_FK} ON DELETE CASCADE`),
  shop('add-foreign-key-deferrable', `settings ADD CONSTRAINT settings_changed_by_fk ${ITEMS_FK} DEFERRABLE`),
  shop('add-foreign-key-not-valid', `settings ADD CONSTRAINT settings_changed_by_fk ${ITEMS_FK} NOT VALID`),
  shop('add-foreign-key-not-enforced', `settings ADD CONSTRAINT settings_changed_by_fk ${ITEMS_FK} NOT ENFORCED`, {
    since: 18,
  }),
  shop('add-foreign-key-violated', 'orders ADD CONSTRAINT orders_id_fk FOREIGN KEY (id) REFERENCES categories (id)'),
  shop('add-foreign-key-no-unique', 'settings ADD FOREIGN KEY (value) REFERENCES customers (name)'),
  shop('add-foreign-key-type-mismatch', 'settings ADD FOREIGN KEY (value) REFERENCES customers (id)'),
  shop('add-foreign-key-missing-table', 'settings ADD FOREIGN KEY (changed_by) REFERENCES no_such_table (id)'),
  shop(
    'add-foreign-key-self',
    'categories ADD CONSTRAINT categories_rank_fk FOREIGN KEY (rank) REFERENCES categories (id)',
  ),
  shop(
    'add-foreign-key-self-not-valid',
    'categories ADD CONSTRAINT c FOREIGN KEY (rank) REFERENCES categories (id) NOT VALID',
  ),
  shop(
    'add-two-foreign-keys',
    `settings ADD CONSTRAINT a ${ITEMS_FK}, ADD CONSTRAINT b FOREIGN KEY (changed_by) REFERENCES categories (id) NOT VALID`,
  ),
  shop('validate-foreign-key', 'settings VALIDATE CONSTRAINT settings_changed_by_fk', NOT_VALID_ITEMS),
  shop('validate-foreign-key-self', 'categories VALIDATE CONSTRAINT categories_rank_fk', {
    setup:
      'ALTER TABLE categories ADD CONSTRAINT categories_rank_fk FOREIGN KEY (rank) REFERENCES categories (id) NOT VALID;',
  }),
  shop('validate-foreign-key-again', 'orders VALIDATE CONSTRAINT orders_customer_fk'),
  shop('drop-foreign-key', 'orders DROP CONSTRAINT orders_customer_fk'),
  shop('drop-foreign-key-self', 'categories DROP CONSTRAINT categories_parent_fk'),
  shop('rename-foreign-key', 'orders RENAME CONSTRAINT orders_customer_fk TO orders_buyer_fk'),
  shop('alter-foreign-key-deferrable', 'orders ALTER CONSTRAINT orders_customer_fk DEFERRABLE INITIALLY DEFERRED'),
  shop('alter-foreign-key-not-deferrable', 'orders ALTER CONSTRAINT orders_customer_fk NOT DEFERRABLE'),
  shop('alter-foreign-key-not-enforced', 'orders ALTER CONSTRAINT orders_customer_fk NOT ENFORCED', { since: 18 }),
  shop('alter-foreign-key-enforced', 'settings ALTER CONSTRAINT settings_changed_by_fk ENFORCED', {
    setup: `ALTER TABLE settings ADD CONSTRAINT settings_changed_by_fk ${ITEMS_FK} NOT ENFORCED;`,
    since: 18,
  }),
  shop('alter-check-deferrable', 'customers ALTER CONSTRAINT customers_credit_check DEFERRABLE'),
  partitioned(
    'add-foreign-key-partitioned',
    'events ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id)',
  ),
  partitioned(
    'add-foreign-key-partitioned-not-valid',
    'events ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id) NOT VALID',
  ),
  partitioned(
    'add-foreign-key-partitioned-only',
    'ONLY events ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id)',
  ),
  partitioned(
    'add-foreign-key-partitioned-present',
    'events ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id)',
    {
      setup: PARTITION_FKS,
    },
  ),
  partitioned(
    'add-foreign-key-partition',
    'events_2024 ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id)',
  ),
  partitioned(
    'add-foreign-key-to-partitioned',
    'alerts ADD CONSTRAINT alerts_reading_fk FOREIGN KEY (reading_id, taken_on) REFERENCES readings (id, taken_on)',
    {
      setup: `CREATE TABLE alerts (reading_id bigint, taken_on date);
INSERT INTO alerts SELECT id, taken_on FROM readings WHERE id % 5 = 0;`,
    },
  ),
  partitioned('validate-foreign-key-partitioned', 'events VALIDATE CONSTRAINT events_device_fk', {
    setup:
      'ALTER TABLE events ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id) NOT VALID;',
    since: 18,
  }),
  partitioned('drop-foreign-key-partitioned', 'events DROP CONSTRAINT events_device_fk', {
    setup: 'ALTER TABLE events ADD CONSTRAINT events_device_fk FOREIGN KEY (device_id) REFERENCES devices (id);',
  }),
  partitioned('drop-foreign-key-to-partitioned', 'alerts DROP CONSTRAINT alerts_reading_fk', {
    setup: `CREATE TABLE alerts (reading_id bigint, taken_on date);
ALTER TABLE alerts ADD CONSTRAINT alerts_reading_fk FOREIGN KEY (reading_id, taken_on) REFERENCES readings (id, taken_on);`,
  }),

  shop('add-exclude', 'settings ADD CONSTRAINT settings_no_overlap EXCLUDE USING gist (valid_during WITH &&)'),
  shop('add-exclude-unnamed', 'settings ADD EXCLUDE USING gist (valid_during WITH &&)'),
  shop('add-exclude-btree', 'settings ADD CONSTRAINT settings_one_key EXCLUDE USING btree (key WITH =)'),
  shop('add-exclude-partial', "settings ADD CONSTRAINT e EXCLUDE USING gist (valid_during WITH &&) WHERE (key <> '')"),
  shop('drop-exclude', 'settings DROP CONSTRAINT settings_no_overlap', {
    setup: 'ALTER TABLE settings ADD CONSTRAINT settings_no_overlap EXCLUDE USING gist (valid_during WITH &&);',
  }),

  shop('add-not-null', 'orders ADD CONSTRAINT orders_note_there NOT NULL note', { since: 18 }),
  shop('add-not-null-unnamed', 'orders ADD NOT NULL note', { since: 18 }),
  shop('add-not-null-proved', 'orders ADD CONSTRAINT orders_address_there NOT NULL address', { since: 18 }),
  shop('add-not-null-not-valid', 'orders ADD CONSTRAINT orders_note_there NOT NULL note NOT VALID', { since: 18 }),
  shop('add-not-null-null-rows', 'orders ADD CONSTRAINT orders_shipped_there NOT NULL shipped_at', { since: 18 }),
  shop('validate-not-null', 'orders VALIDATE CONSTRAINT orders_note_there', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_there NOT NULL note NOT VALID;',
    since: 18,
  }),
  shop('validate-not-null-proved', 'orders VALIDATE CONSTRAINT orders_address_there', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_address_there NOT NULL address NOT VALID;',
    since: 18,
  }),
  shop('drop-not-null', 'orders DROP CONSTRAINT orders_note_there', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_there NOT NULL note;',
    since: 18,
  }),
  shop('rename-not-null', 'orders RENAME CONSTRAINT orders_note_there TO orders_note_given', {
    setup: 'ALTER TABLE orders ADD CONSTRAINT orders_note_there NOT NULL note;',
    since: 18,
  }),
  partitioned('add-not-null-partitioned-not-valid', 'events ADD CONSTRAINT events_kind_there NOT NULL kind NOT VALID', {
    since: 18,
  }),
  partitioned('validate-not-null-partitioned', 'events VALIDATE CONSTRAINT events_kind_there', {
    setup: 'ALTER TABLE events ADD CONSTRAINT events_kind_there NOT NULL kind NOT VALID;',
    since: 18,
  }),
];
