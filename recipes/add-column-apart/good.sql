-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/add-column-apart/bad.sql

-- 01-add-column-approved_by (expand)
-- Adding a column takes ACCESS EXCLUSIVE and changes the catalog only (measured on 13 to 18).
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD COLUMN approved_by integer;
COMMIT;
-- afterwards: public.orders has the column approved_by
-- undo: ALTER TABLE public.orders DROP COLUMN approved_by;

-- 02-probe-orders_approved_by_fkey (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.orders (reads and writes go on)
-- locks: ACCESS SHARE on public.customers (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM ONLY public.orders c WHERE c.approved_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ONLY public.customers p WHERE p.id = c.approved_by)) THEN
    RAISE EXCEPTION USING ERRCODE = '23503', MESSAGE = 'rows of public.orders have a approved_by that is not in public.customers: delete or mend them before orders_approved_by_fkey can be added';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 03-add-orders_approved_by_fkey-on-orders (expand)
-- NOT VALID holds for new rows at once and reads none of the old ones, so both tables are locked for a
-- moment only.
-- locks: SHARE ROW EXCLUSIVE on public.customers (writes wait)
-- locks: SHARE ROW EXCLUSIVE on public.orders (writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD CONSTRAINT orders_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES customers (id) NOT VALID;
COMMIT;
-- afterwards: public.orders has the constraint orders_approved_by_fkey
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_approved_by_fkey;

-- 04-validate-orders_approved_by_fkey-on-orders (migrate)
-- VALIDATE reads both tables while reads and writes go on.
-- locks: ROW SHARE on public.customers (reads and writes go on)
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_approved_by_fkey;
COMMIT;
-- afterwards: the constraint orders_approved_by_fkey of public.orders is valid
