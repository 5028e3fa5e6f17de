-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/add-column-backfill/bad.sql

-- 01-add-column-public_id (expand)
-- Added empty, the column costs a moment; the default set by the same command fills every row inserted
-- from now on.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD COLUMN public_id uuid, ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
COMMIT;
-- afterwards: public.orders has the column public_id
-- undo: ALTER TABLE public.orders DROP COLUMN public_id;

-- 02-backfill-public_id (migrate)
-- The rows that were there before get their value in small transactions; nobody waits for more than a few
-- rows.
-- locks: ROW EXCLUSIVE on public.orders (reads and writes go on)
SET statement_timeout = 0;
DO $evenkeel$
BEGIN
  WHILE EXISTS (SELECT FROM public.orders WHERE public_id IS NULL) LOOP
    SET LOCAL lock_timeout = '500ms';
    UPDATE public.orders SET public_id = gen_random_uuid() WHERE (public_id IS NULL) AND ("id") IN (
      SELECT "id" FROM public.orders WHERE public_id IS NULL ORDER BY "id" LIMIT 1000 FOR UPDATE);
    COMMIT;
  END LOOP;
END $evenkeel$;
RESET statement_timeout;
-- afterwards: no row of public.orders is left to do

-- 03-probe-orders-public_id (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM public.orders WHERE public_id IS NULL) THEN
    RAISE EXCEPTION USING ERRCODE = '23502', MESSAGE = 'rows of public.orders have no public_id: fill them before it can be NOT NULL';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 04-add-orders_public_id_not_null (expand)
-- NOT NULL ... NOT VALID refuses new NULLs at once and reads no old row: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD CONSTRAINT orders_public_id_not_null NOT NULL public_id NOT VALID;
COMMIT;
-- afterwards: public.orders has the constraint orders_public_id_not_null
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_public_id_not_null;

-- 05-validate-orders_public_id_not_null (migrate)
-- VALIDATE reads the table while reads and writes go on.
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_public_id_not_null;
COMMIT;
-- afterwards: the constraint orders_public_id_not_null of public.orders is valid
