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
DROP TRIGGER zzz_evenkeel_orders_total_sync ON public.orders;
DROP FUNCTION public.evenkeel_orders_total_sync();
ALTER TABLE public.orders DROP COLUMN total;
ALTER TABLE public.orders RENAME COLUMN evenkeel_total_new TO total;
ALTER TABLE public.orders ALTER COLUMN total SET DEFAULT 0;
ALTER TABLE public.orders RENAME CONSTRAINT orders_evenkeel_total_new_not_null TO orders_total_not_null;
COMMIT;
-- afterwards: public.orders has no column evenkeel_total_new
