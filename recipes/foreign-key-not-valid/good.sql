-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/foreign-key-not-valid/bad.sql

-- 01-probe-orders_customer_fk (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.orders (reads and writes go on)
-- locks: ACCESS SHARE on public.customers (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM ONLY public.orders c WHERE c.customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ONLY public.customers p WHERE p.id = c.customer_id)) THEN
    RAISE EXCEPTION USING ERRCODE = '23503', MESSAGE = 'rows of public.orders have a customer_id that is not in public.customers: delete or mend them before orders_customer_fk can be added';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 02-add-orders_customer_fk-on-orders (expand)
-- NOT VALID holds for new rows at once and reads none of the old ones, so both tables are locked for a
-- moment only.
-- locks: SHARE ROW EXCLUSIVE on public.customers (writes wait)
-- locks: SHARE ROW EXCLUSIVE on public.orders (writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
COMMIT;
-- afterwards: public.orders has the constraint orders_customer_fk
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_customer_fk;

-- 03-validate-orders_customer_fk-on-orders (migrate)
-- VALIDATE reads both tables while reads and writes go on.
-- locks: ROW SHARE on public.customers (reads and writes go on)
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_customer_fk;
COMMIT;
-- afterwards: the constraint orders_customer_fk of public.orders is valid
