-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/rename-table-by-view/bad.sql

-- 01-view-purchases (expand)
-- A simple view can be read and written like the table, so new code works under the new name at once.
-- locks: ACCESS SHARE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
CREATE VIEW public.purchases WITH (security_invoker = true) AS SELECT * FROM public.orders;
COMMIT;
-- afterwards: public.purchases exists
-- undo: DROP VIEW IF EXISTS public.purchases;

-- 02-gate-rename-orders (contract)
-- From the next step on the old name is gone.
-- Deploy code that uses public.purchases instead of public.orders, and wait until no older version runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 02-gate-rename-orders: Deploy code that uses public.purchases instead of public.orders, and wait until no older version runs.'; END $evenkeel$;

-- 03-rename-orders (contract)
-- The view goes and the table takes its name in one transaction: whoever asks for the new name always
-- finds it.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
-- locks: ACCESS EXCLUSIVE on public.purchases (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
DROP VIEW public.purchases;
ALTER TABLE public.orders RENAME TO purchases;
COMMIT;
-- afterwards: public.purchases is a table
