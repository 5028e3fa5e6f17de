-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/check-not-valid/bad.sql

-- 01-probe-orders_total_check (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM public.orders WHERE NOT (total >= 0)) THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'rows of public.orders violate orders_total_check (total >= 0): mend them before it can be added';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 02-add-orders_total_check (expand)
-- NOT VALID holds for new rows at once and reads none of the old ones: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
COMMIT;
-- afterwards: public.orders has the constraint orders_total_check
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_total_check;

-- 03-validate-orders_total_check (migrate)
-- VALIDATE reads the table while reads and writes go on.
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_total_check;
COMMIT;
-- afterwards: the constraint orders_total_check of public.orders is valid
