-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/drop-column-after-gate/bad.sql

-- 01-relax-note (expand)
-- New code has to be able to leave the column out of its INSERTs while old code still fills it.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ALTER COLUMN note DROP NOT NULL;
COMMIT;
-- afterwards: public.orders.note may be NULL

-- 02-gate-drop-note (contract)
-- The values are gone for good once the column is dropped, and code that still names it fails.
-- Deploy code that neither reads nor writes public.orders.note, and wait until no older version runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 02-gate-drop-note: Deploy code that neither reads nor writes public.orders.note, and wait until no older version runs.'; END $evenkeel$;

-- 03-drop-column-note (contract)
-- DROP COLUMN changes the catalog only: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders DROP COLUMN note;
COMMIT;
-- afterwards: public.orders has no column note
