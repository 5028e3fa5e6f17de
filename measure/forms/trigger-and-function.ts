import type { Form } from '../form.ts';

const form = (id: string, sql: string, more: Partial<Form> = {}): Form => ({ id, schema: 'shop', sql, ...more });

export const TRIGGER_AND_FUNCTION_FORMS: readonly Form[] = [
  form('trigger/create-before', 'CREATE TRIGGER t BEFORE INSERT ON settings FOR EACH ROW EXECUTE FUNCTION touch()'),
  form('trigger/create-after-statement', 'CREATE TRIGGER t AFTER UPDATE ON settings EXECUTE FUNCTION audit()'),
  form(
    'trigger/create-update-of',
    'CREATE TRIGGER t BEFORE UPDATE OF key ON settings FOR EACH ROW EXECUTE FUNCTION touch()',
  ),
  form(
    'trigger/create-when',
    "CREATE TRIGGER t BEFORE UPDATE ON settings FOR EACH ROW WHEN (NEW.key <> '') EXECUTE FUNCTION touch()",
  ),
  form(
    'trigger/create-transition-table',
    'CREATE TRIGGER t AFTER INSERT ON settings REFERENCING NEW TABLE AS added EXECUTE FUNCTION audit()',
  ),
  form(
    'trigger/create-constraint',
    'CREATE CONSTRAINT TRIGGER t AFTER INSERT ON settings DEFERRABLE FOR EACH ROW EXECUTE FUNCTION audit()',
  ),
  form(
    'trigger/create-constraint-from',
    'CREATE CONSTRAINT TRIGGER t AFTER INSERT ON settings FROM customers FOR EACH ROW EXECUTE FUNCTION audit()',
  ),
  form('trigger/create-truncate', 'CREATE TRIGGER t BEFORE TRUNCATE ON settings EXECUTE FUNCTION audit()'),
  form(
    'trigger/create-instead-of',
    'CREATE TRIGGER t INSTEAD OF INSERT ON open_orders FOR EACH ROW EXECUTE FUNCTION touch()',
  ),
  form(
    'trigger/create-existing',
    'CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()',
  ),
  form(
    'trigger/create-or-replace',
    'CREATE OR REPLACE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()',
    { since: 14 },
  ),
  form(
    'trigger/create-or-replace-new',
    'CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION touch()',
    { since: 14 },
  ),
  form(
    'trigger/create-missing-function',
    'CREATE TRIGGER t BEFORE UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION no_such_function()',
  ),
  form('trigger/create-partitioned', 'CREATE TRIGGER t AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION note()', {
    schema: 'partitioned',
    setup: 'CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;',
  }),
  form('trigger/create-partitioned-statement', 'CREATE TRIGGER t AFTER INSERT ON events EXECUTE FUNCTION note()', {
    schema: 'partitioned',
    setup: 'CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;',
  }),
  form('trigger/drop-partitioned', 'DROP TRIGGER t ON events', {
    schema: 'partitioned',
    setup: `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER t AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION note();`,
  }),
  form('trigger/create-inherited', 'CREATE TRIGGER t AFTER INSERT ON vehicles FOR EACH ROW EXECUTE FUNCTION note()', {
    schema: 'inherited',
    setup: 'CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;',
  }),
  form('trigger/disable', 'ALTER TABLE orders DISABLE TRIGGER orders_touch'),
  form('trigger/disable-all', 'ALTER TABLE orders DISABLE TRIGGER ALL'),
  form('trigger/disable-user', 'ALTER TABLE orders DISABLE TRIGGER USER'),
  form('trigger/enable', 'ALTER TABLE orders ENABLE TRIGGER orders_touch'),
  form('trigger/enable-all', 'ALTER TABLE orders ENABLE TRIGGER ALL'),
  form('trigger/enable-always', 'ALTER TABLE orders ENABLE ALWAYS TRIGGER orders_touch'),
  form('trigger/enable-replica', 'ALTER TABLE orders ENABLE REPLICA TRIGGER orders_touch'),
  form('trigger/disable-partitioned-all', 'ALTER TABLE events DISABLE TRIGGER ALL', { schema: 'partitioned' }),
  form('trigger/drop', 'DROP TRIGGER orders_touch ON orders'),
  form('trigger/drop-missing', 'DROP TRIGGER no_such_trigger ON orders'),
  form('trigger/drop-missing-if-exists', 'DROP TRIGGER IF EXISTS no_such_trigger ON orders', { givesLocksBack: true }),
  form('trigger/drop-missing-table-if-exists', 'DROP TRIGGER IF EXISTS t ON no_such_table'),
  form('trigger/rename', 'ALTER TRIGGER orders_touch ON orders RENAME TO orders_touched'),

  form('function/create', 'CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$'),
  form(
    'function/create-reading-table',
    'CREATE FUNCTION order_count() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM orders $$',
  ),
  form(
    'function/create-atomic',
    'CREATE FUNCTION order_count() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM orders; END',
    { since: 14 },
  ),
  form(
    'function/create-returning-table',
    'CREATE FUNCTION all_orders() RETURNS SETOF orders LANGUAGE sql AS $$ SELECT * FROM orders $$',
  ),
  form(
    'function/create-plpgsql',
    'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; END $$',
  ),
  form('function/create-procedure', 'CREATE PROCEDURE p() LANGUAGE sql AS $$ DELETE FROM settings $$'),
  form(
    'function/replace',
    'CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$',
  ),
  form(
    'function/replace-used-in-default',
    'CREATE OR REPLACE FUNCTION constant_by_sql() RETURNS integer LANGUAGE sql AS $$ SELECT 43 $$',
  ),
  form(
    'function/replace-other-result',
    'CREATE OR REPLACE FUNCTION constant_by_sql() RETURNS text LANGUAGE sql AS $$ SELECT 1::text $$',
  ),
  form(
    'function/create-existing',
    'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
  ),
  form('function/alter', 'ALTER FUNCTION constant_by_sql() IMMUTABLE'),
  form('function/rename', 'ALTER FUNCTION touch() RENAME TO touched'),
  form('function/drop', 'DROP FUNCTION constant_by_sql()'),
  form('function/drop-missing', 'DROP FUNCTION no_such_function()'),
  form('function/drop-missing-if-exists', 'DROP FUNCTION IF EXISTS no_such_function()'),
  form('function/drop-used-by-trigger', 'DROP FUNCTION touch()'),
  form('function/drop-used-by-trigger-cascade', 'DROP FUNCTION touch() CASCADE'),
  form('function/drop-used-in-default-cascade', 'DROP FUNCTION volatile_by_plpgsql() CASCADE', {
    setup: 'ALTER TABLE settings ALTER COLUMN attempts SET DEFAULT volatile_by_plpgsql();',
  }),
  form('function/call', 'CALL sweep()', {
    setup: 'CREATE PROCEDURE sweep() LANGUAGE sql AS $$ DELETE FROM settings WHERE attempts > 5 $$;',
  }),
  form('function/do-block', 'DO $$ BEGIN ALTER TABLE orders ADD COLUMN extra text; END $$'),
];
