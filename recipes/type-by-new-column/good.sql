-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/type-by-new-column/bad.sql

-- 01-function-total (expand)
-- The function that will fill the new column; nobody uses it yet.
-- locks: nothing that existed before
BEGIN;
SET LOCAL lock_timeout = '2000ms';
SET LOCAL statement_timeout = '0ms';
CREATE OR REPLACE FUNCTION public.evenkeel_orders_total_sync() RETURNS trigger LANGUAGE plpgsql AS $evenkeel$
BEGIN
  NEW.evenkeel_total_new := NEW.total;
  RETURN NEW;
END
$evenkeel$;
COMMIT;
-- afterwards: public.evenkeel_orders_total_sync() has this source
-- undo: DROP FUNCTION IF EXISTS public.evenkeel_orders_total_sync();

-- 02-new-column-total (expand)
-- The new column and its trigger appear together, so every write from now on fills both.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD COLUMN evenkeel_total_new bigint;
CREATE TRIGGER zzz_evenkeel_orders_total_sync BEFORE INSERT OR UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.evenkeel_orders_total_sync();
COMMIT;
-- afterwards: public.orders has the column evenkeel_total_new
-- undo: DROP TRIGGER zzz_evenkeel_orders_total_sync ON public.orders;
-- undo: DROP FUNCTION public.evenkeel_orders_total_sync();
-- undo: ALTER TABLE public.orders DROP COLUMN evenkeel_total_new;

-- 03-copy-total (migrate)
-- Rows that nobody has touched since are converted in small transactions; nobody waits for more than a few
-- rows.
-- locks: ROW EXCLUSIVE on public.orders (reads and writes go on)
SET statement_timeout = 0;
DO $evenkeel$
BEGIN
  WHILE EXISTS (SELECT FROM public.orders WHERE (ROW(evenkeel_total_new)::record *<> ROW((total)::bigint)::record)) LOOP
    SET LOCAL lock_timeout = '500ms';
    UPDATE public.orders SET evenkeel_total_new = total WHERE ((ROW(evenkeel_total_new)::record *<> ROW((total)::bigint)::record)) AND ("id") IN (
      SELECT "id" FROM public.orders WHERE (ROW(evenkeel_total_new)::record *<> ROW((total)::bigint)::record) ORDER BY "id" LIMIT 1000 FOR UPDATE);
    COMMIT;
  END LOOP;
END $evenkeel$;
RESET statement_timeout;
-- afterwards: no row of public.orders is left to do

-- 04-probe-orders-evenkeel_total_new (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM public.orders WHERE evenkeel_total_new IS NULL) THEN
    RAISE EXCEPTION USING ERRCODE = '23502', MESSAGE = 'rows of public.orders have no evenkeel_total_new: fill them before it can be NOT NULL';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 05-add-orders_evenkeel_total_new_not_null (expand)
-- NOT NULL ... NOT VALID refuses new NULLs at once and reads no old row: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD CONSTRAINT orders_evenkeel_total_new_not_null NOT NULL evenkeel_total_new NOT VALID;
COMMIT;
-- afterwards: public.orders has the constraint orders_evenkeel_total_new_not_null
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_evenkeel_total_new_not_null;

-- 06-validate-orders_evenkeel_total_new_not_null (migrate)
-- VALIDATE reads the table while reads and writes go on.
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_evenkeel_total_new_not_null;
COMMIT;
-- afterwards: the constraint orders_evenkeel_total_new_not_null of public.orders is valid

-- 07-gate-type-total (contract)
-- From the next step on the column has its new type; prepared statements that return it have to be
-- prepared again.
-- Deploy code that can read and write public.orders.total as bigint (a driver may hand it over as another
-- type: node-postgres gives bigint as a string), and wait until no older version runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 07-gate-type-total: Deploy code that can read and write public.orders.total as bigint (a driver may hand it over as another type: node-postgres gives bigint as a string), and wait until no older version runs.'; END $evenkeel$;

-- 08-swap-total (contract)
-- The new column takes the place of the old one: catalog work only, a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
DO $evenkeel$
BEGIN
  PERFORM pg_catalog.set_config('evenkeel.carried', (SELECT COALESCE(pg_catalog.jsonb_agg(s.sql), '[]')::text FROM (
    SELECT pg_catalog.unnest(ARRAY[
      CASE WHEN pg_catalog.col_description(a.attrelid, a.attnum) IS NOT NULL THEN pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::pg_catalog.regclass, a.attname, pg_catalog.col_description(a.attrelid, a.attnum)) END,
      CASE WHEN COALESCE(a.attstattarget, -1) >= 0 THEN pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', a.attrelid::pg_catalog.regclass, a.attname, a.attstattarget) END,
      CASE WHEN a.attoptions IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', a.attrelid::pg_catalog.regclass, a.attname, pg_catalog.array_to_string(a.attoptions, ', ')) END
    ]) FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'public.orders'::pg_catalog.regclass AND a.attnum = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.orders'::pg_catalog.regclass AND attname = 'total' AND NOT attisdropped)
    UNION ALL SELECT pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, a.attname, a.attrelid::pg_catalog.regclass,
      CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END,
      CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x WHERE a.attrelid = 'public.orders'::pg_catalog.regclass AND a.attnum = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.orders'::pg_catalog.regclass AND attname = 'total' AND NOT attisdropped)
    UNION ALL SELECT pg_catalog.unnest(ARRAY[
      CASE WHEN pg_catalog.obj_description(i.indexrelid, 'pg_class') IS NOT NULL THEN pg_catalog.format('COMMENT ON INDEX %s IS %L', i.indexrelid::pg_catalog.regclass, pg_catalog.obj_description(i.indexrelid, 'pg_class')) END,
      CASE WHEN i.indisclustered THEN pg_catalog.format('ALTER TABLE %s CLUSTER ON %s', 'public.orders'::pg_catalog.regclass, pg_catalog.quote_ident((SELECT relname FROM pg_catalog.pg_class WHERE oid = i.indexrelid))) END,
      CASE WHEN i.indisreplident THEN pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %s', 'public.orders'::pg_catalog.regclass, pg_catalog.quote_ident((SELECT relname FROM pg_catalog.pg_class WHERE oid = i.indexrelid))) END
    ]) FROM pg_catalog.pg_index i WHERE i.indrelid = 'public.orders'::pg_catalog.regclass AND ((SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.orders'::pg_catalog.regclass AND attname = 'total' AND NOT attisdropped) = ANY (i.indkey::int2[]) OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = 'public.orders'::pg_catalog.regclass AND d.refobjsubid = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.orders'::pg_catalog.regclass AND attname = 'total' AND NOT attisdropped)))
    UNION ALL SELECT pg_catalog.format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', i.indexrelid::pg_catalog.regclass, t.attnum, t.attstattarget)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute t ON t.attrelid = i.indexrelid
    WHERE i.indrelid = 'public.orders'::pg_catalog.regclass AND COALESCE(t.attstattarget, -1) >= 0 AND ((SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.orders'::pg_catalog.regclass AND attname = 'total' AND NOT attisdropped) = ANY (i.indkey::int2[]) OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = 'public.orders'::pg_catalog.regclass AND d.refobjsubid = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.orders'::pg_catalog.regclass AND attname = 'total' AND NOT attisdropped)))
    UNION ALL SELECT pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, 'public.orders'::pg_catalog.regclass, pg_catalog.obj_description(k.oid, 'pg_constraint'))
    FROM pg_catalog.pg_constraint k WHERE k.conrelid = 'public.orders'::pg_catalog.regclass AND (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.orders'::pg_catalog.regclass AND attname = 'total' AND NOT attisdropped) = ANY (k.conkey)
      AND pg_catalog.obj_description(k.oid, 'pg_constraint') IS NOT NULL
    UNION ALL SELECT pg_catalog.unnest(ARRAY[
      pg_catalog.pg_get_statisticsobjdef(s.oid),
      CASE WHEN COALESCE(s.stxstattarget, -1) >= 0 THEN pg_catalog.format('ALTER STATISTICS %s SET STATISTICS %s', pg_catalog.format('%s.%I', s.stxnamespace::pg_catalog.regnamespace, s.stxname), s.stxstattarget) END,
      CASE WHEN pg_catalog.obj_description(s.oid, 'pg_statistic_ext') IS NOT NULL THEN pg_catalog.format('COMMENT ON STATISTICS %s IS %L', pg_catalog.format('%s.%I', s.stxnamespace::pg_catalog.regnamespace, s.stxname), pg_catalog.obj_description(s.oid, 'pg_statistic_ext')) END
    ]) FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = 'public.orders'::pg_catalog.regclass AND EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND d.objid = s.oid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = 'public.orders'::pg_catalog.regclass AND d.refobjsubid = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.orders'::pg_catalog.regclass AND attname = 'total' AND NOT attisdropped))
  ) s(sql) WHERE s.sql IS NOT NULL), true);
END
$evenkeel$;
DROP TRIGGER zzz_evenkeel_orders_total_sync ON public.orders;
DROP FUNCTION public.evenkeel_orders_total_sync();
ALTER TABLE public.orders DROP COLUMN total;
ALTER TABLE public.orders RENAME COLUMN evenkeel_total_new TO total;
ALTER TABLE public.orders ALTER COLUMN total SET DEFAULT 0;
ALTER TABLE public.orders RENAME CONSTRAINT orders_evenkeel_total_new_not_null TO orders_total_not_null;
DO $evenkeel$
DECLARE carried text;
BEGIN
  FOR carried IN SELECT pg_catalog.jsonb_array_elements_text(pg_catalog.current_setting('evenkeel.carried')::jsonb) LOOP
    EXECUTE carried;
  END LOOP;
END
$evenkeel$;
COMMIT;
-- afterwards: public.orders has no column evenkeel_total_new
