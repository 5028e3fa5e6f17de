-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/detach-partition-after-gate/bad.sql

-- 01-gate-detach-events_2025 (contract)
-- From the next step on public.events neither shows the rows of public.events_2025 nor takes new ones like
-- them.
-- Deploy code that neither reads nor writes rows of public.events_2025 by way of public.events, and wait
-- until no older version runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 01-gate-detach-events_2025: Deploy code that neither reads nor writes rows of public.events_2025 by way of public.events, and wait until no older version runs.'; END $evenkeel$;

-- 02-detach-events_2025 (contract)
-- Catalog work only: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.events (reads and writes wait)
-- locks: ACCESS EXCLUSIVE on public.events_2025 (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
DO $evenkeel$
BEGIN
  EXECUTE pg_catalog.format('ALTER TABLE public.events_2025 ADD CONSTRAINT events_2025_day_check CHECK (%s) NOT VALID', pg_catalog.pg_get_partition_constraintdef('public.events_2025'::pg_catalog.regclass));
END
$evenkeel$;
ALTER TABLE public.events DETACH PARTITION public.events_2025;
COMMIT;
-- afterwards: public.events_2025 is no partition of public.events

-- 03-validate-events_2025_day_check (contract)
-- VALIDATE reads the table while reads and writes go on.
-- locks: SHARE UPDATE EXCLUSIVE on public.events_2025 (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  EXECUTE pg_catalog.format('ALTER TABLE public.events_2025 VALIDATE CONSTRAINT %I', 'events_2025_day_check');
END
$evenkeel$;
COMMIT;
-- afterwards: the constraint events_2025_day_check of public.events_2025 is valid
