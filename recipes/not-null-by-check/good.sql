-- Safe plan for PostgreSQL 17.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/not-null-by-check/bad.sql

-- 01-probe-orders-status (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM public.orders WHERE status IS NULL) THEN
    RAISE EXCEPTION USING ERRCODE = '23502', MESSAGE = 'rows of public.orders have no status: fill them before it can be NOT NULL';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 02-add-evenkeel_orders_status_not_null (expand)
-- A NOT VALID CHECK refuses new NULLs at once and reads no old row: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD CONSTRAINT evenkeel_orders_status_not_null CHECK (status IS NOT NULL) NOT VALID;
COMMIT;
-- afterwards: public.orders has the constraint evenkeel_orders_status_not_null
-- undo: ALTER TABLE public.orders DROP CONSTRAINT evenkeel_orders_status_not_null;

-- 03-validate-evenkeel_orders_status_not_null (migrate)
-- VALIDATE reads the table while reads and writes go on.
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.orders VALIDATE CONSTRAINT evenkeel_orders_status_not_null;
COMMIT;
-- afterwards: the constraint evenkeel_orders_status_not_null of public.orders is valid

-- 04-not-null-orders-status (contract)
-- The valid CHECK proves that there is no NULL, so SET NOT NULL reads no row (12 and later).
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ALTER COLUMN status SET NOT NULL;
COMMIT;
-- afterwards: public.orders.status is NOT NULL
-- undo: ALTER TABLE public.orders ALTER COLUMN status DROP NOT NULL;

-- 05-drop-evenkeel_orders_status_not_null (contract)
-- The CHECK has done its work; dropped by the same ALTER it would have proved nothing.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders DROP CONSTRAINT evenkeel_orders_status_not_null;
COMMIT;
-- afterwards: public.orders has no constraint evenkeel_orders_status_not_null
