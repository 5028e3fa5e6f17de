-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/create-index-partitioned/bad.sql

-- 01-index-only-events_value_idx (expand)
-- The partitioned table has no rows of its own: its index is only an entry in the catalog, not valid yet.
-- locks: SHARE on public.events (writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
CREATE INDEX events_value_idx ON ONLY public.events USING btree (value);
COMMIT;
-- afterwards: public.events_value_idx exists
-- undo: DROP INDEX IF EXISTS public.events_value_idx;

-- 02-index-events_2025_value_idx (expand)
-- Builds the part of the index that belongs to events_2025; nobody waits.
-- locks: SHARE UPDATE EXCLUSIVE on public.events_2025 (reads and writes go on)
SET lock_timeout = 0;
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY events_2025_value_idx ON public.events_2025 USING btree (value);
RESET lock_timeout;
RESET statement_timeout;
-- afterwards: the index public.events_2025_value_idx is valid
-- undo: DROP INDEX CONCURRENTLY IF EXISTS public.events_2025_value_idx;

-- 03-attach-events_2025_value_idx (migrate)
-- Attaching compares definitions only; readers and writers go on.
-- locks: ACCESS SHARE on public.events (reads and writes go on)
-- locks: ACCESS SHARE on public.events_2025 (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER INDEX public.events_value_idx ATTACH PARTITION public.events_2025_value_idx;
COMMIT;
-- afterwards: the index public.events_2025_value_idx is a part of public.events_value_idx

-- 04-check-events_value_idx (migrate)
-- With the last part attached the whole index must be valid.
-- locks: nothing that existed before
BEGIN;
SET LOCAL lock_timeout = '2000ms';
SET LOCAL statement_timeout = '0ms';
COMMIT;
-- afterwards: the index public.events_value_idx is valid
