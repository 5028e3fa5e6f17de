-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/attach-partition-checked/bad.sql

-- 01-probe-evenkeel_events_2026_bound (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.events_2026 (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM public.events_2026 WHERE NOT ((day IS NOT NULL AND day >= '2026-01-01' AND day < '2027-01-01'))) THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'rows of public.events_2026 violate evenkeel_events_2026_bound ((day IS NOT NULL AND day >= ''2026-01-01'' AND day < ''2027-01-01'')): mend them before it can be added';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 02-add-evenkeel_events_2026_bound (expand)
-- NOT VALID holds for new rows at once and reads none of the old ones: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.events_2026 (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.events_2026 ADD CONSTRAINT evenkeel_events_2026_bound CHECK (day IS NOT NULL AND day >= '2026-01-01' AND day < '2027-01-01') NOT VALID;
COMMIT;
-- afterwards: public.events_2026 has the constraint evenkeel_events_2026_bound
-- undo: ALTER TABLE public.events_2026 DROP CONSTRAINT evenkeel_events_2026_bound;

-- 03-validate-evenkeel_events_2026_bound (migrate)
-- VALIDATE reads the table while reads and writes go on.
-- locks: SHARE UPDATE EXCLUSIVE on public.events_2026 (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.events_2026 VALIDATE CONSTRAINT evenkeel_events_2026_bound;
COMMIT;
-- afterwards: the constraint evenkeel_events_2026_bound of public.events_2026 is valid

-- 04-attach-events_2026 (migrate)
-- The valid CHECK proves that the rows belong there, so none is read: a moment under ACCESS EXCLUSIVE on
-- the newcomer; the parent is used meanwhile.
-- locks: SHARE UPDATE EXCLUSIVE on public.events (reads and writes go on)
-- locks: ACCESS EXCLUSIVE on public.events_2026 (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.events ATTACH PARTITION public.events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
COMMIT;
-- afterwards: public.events_2026 is a partition of public.events
-- undo: ALTER TABLE public.events DETACH PARTITION public.events_2026;

-- 05-drop-evenkeel_events_2026_bound (contract)
-- The bound says the same from now on.
-- locks: ACCESS EXCLUSIVE on public.events_2026 (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.events_2026 DROP CONSTRAINT evenkeel_events_2026_bound;
COMMIT;
-- afterwards: public.events_2026 has no constraint evenkeel_events_2026_bound
