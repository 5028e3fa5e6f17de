-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/drop-table-after-gate/bad.sql

-- 01-gate-drop-customers (contract)
-- The rows are gone for good once the table is dropped, and code that still names it fails.
-- Deploy code that does not use public.customers any more, and wait until no older version runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 01-gate-drop-customers: Deploy code that does not use public.customers any more, and wait until no older version runs.'; END $evenkeel$;

-- 02-drop-table-customers (contract)
-- DROP TABLE takes a moment; the other side of its foreign keys is locked as well.
-- locks: ACCESS EXCLUSIVE on public.customers (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
DROP TABLE public.customers;
COMMIT;
-- afterwards: public.customers is gone
