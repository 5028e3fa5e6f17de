-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/enum-by-new-type/bad.sql

-- 01-count-state-now (expand)
-- Counts the rows with a value that is no more; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.tickets (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
DECLARE found bigint;
BEGIN
  SELECT count(*) INTO found FROM public.tickets WHERE state IN ('lost');
  IF found > 0 THEN
    RAISE EXCEPTION USING ERRCODE = '22P02', MESSAGE = pg_catalog.format('%s rows of public.tickets have a state that is no more (''lost''): decide what becomes of them, for instance UPDATE public.tickets SET state = ... WHERE state IN (''lost''), and run the same command again', found);
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 02-type-evenkeel_state_new (expand)
-- The new type under a name of its own: what running code casts to the old one goes on working.
-- locks: nothing that existed before
BEGIN;
SET LOCAL lock_timeout = '2000ms';
SET LOCAL statement_timeout = '0ms';
CREATE TYPE public.evenkeel_state_new AS ENUM ('open', 'closed');
CREATE OR REPLACE FUNCTION public.evenkeel_tickets_state_sync() RETURNS trigger LANGUAGE plpgsql AS $evenkeel$
BEGIN
  BEGIN
    NEW.evenkeel_state_new := (SELECT CASE WHEN state::text IN ('open', 'closed') THEN state::text::public.evenkeel_state_new END FROM (SELECT NEW.*) AS tickets);
  EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
    NEW.evenkeel_state_new := NULL;
  END;
  RETURN NEW;
END
$evenkeel$;
COMMIT;
-- afterwards: the type evenkeel_state_new exists; public.evenkeel_tickets_state_sync() has this source
-- undo: DROP FUNCTION IF EXISTS public.evenkeel_tickets_state_sync();
-- undo: DROP TYPE IF EXISTS public.evenkeel_state_new;

-- 03-new-column-state (expand)
-- The new column and its trigger appear together, so every write from now on fills both.
-- locks: ACCESS EXCLUSIVE on public.tickets (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.tickets ADD COLUMN evenkeel_state_new public.evenkeel_state_new;
CREATE TRIGGER zzz_evenkeel_tickets_state_sync BEFORE INSERT OR UPDATE ON public.tickets FOR EACH ROW EXECUTE FUNCTION public.evenkeel_tickets_state_sync();
COMMIT;
-- afterwards: public.tickets has the column evenkeel_state_new
-- undo: DROP TRIGGER zzz_evenkeel_tickets_state_sync ON public.tickets;
-- undo: DROP FUNCTION public.evenkeel_tickets_state_sync();
-- undo: ALTER TABLE public.tickets DROP COLUMN evenkeel_state_new;

-- 04-copy-state (migrate)
-- Rows that nobody has touched since are converted in small transactions; nobody waits for more than a few
-- rows.
-- locks: ROW EXCLUSIVE on public.tickets (reads and writes go on)
SET statement_timeout = 0;
DO $evenkeel$
BEGIN
  WHILE EXISTS (SELECT FROM public.tickets WHERE (ROW(evenkeel_state_new)::record *<> ROW((CASE WHEN state::text IN ('open', 'closed') THEN state::text::public.evenkeel_state_new END)::public.evenkeel_state_new)::record)) LOOP
    SET LOCAL lock_timeout = '500ms';
    UPDATE public.tickets SET evenkeel_state_new = CASE WHEN state::text IN ('open', 'closed') THEN state::text::public.evenkeel_state_new END WHERE ((ROW(evenkeel_state_new)::record *<> ROW((CASE WHEN state::text IN ('open', 'closed') THEN state::text::public.evenkeel_state_new END)::public.evenkeel_state_new)::record)) AND ("id") IN (
      SELECT "id" FROM public.tickets WHERE (ROW(evenkeel_state_new)::record *<> ROW((CASE WHEN state::text IN ('open', 'closed') THEN state::text::public.evenkeel_state_new END)::public.evenkeel_state_new)::record) ORDER BY "id" LIMIT 1000 FOR UPDATE);
    COMMIT;
  END LOOP;
END $evenkeel$;
RESET statement_timeout;
-- afterwards: no row of public.tickets is left to do

-- 05-gate-enum-state (contract)
-- From here on 'lost' is refused; prepared statements that return it have to be prepared again.
-- Deploy code that neither writes 'lost' to public.tickets.state nor waits for it, and wait until no older
-- version runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 05-gate-enum-state: Deploy code that neither writes ''lost'' to public.tickets.state nor waits for it, and wait until no older version runs.'; END $evenkeel$;

-- 06-count-state-again (contract)
-- Counts the rows with a value that is no more; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.tickets (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
DECLARE found bigint;
BEGIN
  SELECT count(*) INTO found FROM public.tickets WHERE state IN ('lost');
  IF found > 0 THEN
    RAISE EXCEPTION USING ERRCODE = '22P02', MESSAGE = pg_catalog.format('%s rows of public.tickets have a state that is no more (''lost''): decide what becomes of them, for instance UPDATE public.tickets SET state = ... WHERE state IN (''lost''), and run the same command again', found);
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 07-probe-evenkeel_state_kept (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.tickets (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM public.tickets WHERE NOT ((state::text NOT IN ('lost')))) THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'rows of public.tickets violate evenkeel_state_kept ((state::text NOT IN (''lost''))): mend them before it can be added';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 08-add-evenkeel_state_kept (expand)
-- NOT VALID holds for new rows at once and reads none of the old ones: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.tickets (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.tickets ADD CONSTRAINT evenkeel_state_kept CHECK (state::text NOT IN ('lost')) NOT VALID;
COMMIT;
-- afterwards: public.tickets has the constraint evenkeel_state_kept
-- undo: ALTER TABLE public.tickets DROP CONSTRAINT evenkeel_state_kept;

-- 09-validate-evenkeel_state_kept (migrate)
-- VALIDATE reads the table while reads and writes go on.
-- locks: SHARE UPDATE EXCLUSIVE on public.tickets (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.tickets VALIDATE CONSTRAINT evenkeel_state_kept;
COMMIT;
-- afterwards: the constraint evenkeel_state_kept of public.tickets is valid

-- 10-probe-tickets-evenkeel_state_new (expand)
-- Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.
-- locks: ACCESS SHARE on public.tickets (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
DO $evenkeel$
BEGIN
  IF EXISTS (SELECT 1 FROM public.tickets WHERE evenkeel_state_new IS NULL) THEN
    RAISE EXCEPTION USING ERRCODE = '23502', MESSAGE = 'rows of public.tickets have no evenkeel_state_new: fill them before it can be NOT NULL';
  END IF;
END
$evenkeel$;
COMMIT;
-- afterwards: no row was in the way when the step looked

-- 11-add-tickets_evenkeel_state_new_not_null (expand)
-- NOT NULL ... NOT VALID refuses new NULLs at once and reads no old row: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.tickets (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.tickets ADD CONSTRAINT tickets_evenkeel_state_new_not_null NOT NULL evenkeel_state_new NOT VALID;
COMMIT;
-- afterwards: public.tickets has the constraint tickets_evenkeel_state_new_not_null
-- undo: ALTER TABLE public.tickets DROP CONSTRAINT tickets_evenkeel_state_new_not_null;

-- 12-validate-tickets_evenkeel_state_new_not_null (migrate)
-- VALIDATE reads the table while reads and writes go on.
-- locks: SHARE UPDATE EXCLUSIVE on public.tickets (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
ALTER TABLE public.tickets VALIDATE CONSTRAINT tickets_evenkeel_state_new_not_null;
COMMIT;
-- afterwards: the constraint tickets_evenkeel_state_new_not_null of public.tickets is valid

-- 13-swap-state (contract)
-- Types and columns change places together, with their defaults: catalog work only, a moment under ACCESS
-- EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.tickets (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TYPE public.state RENAME TO evenkeel_state_old;
ALTER TYPE public.evenkeel_state_new RENAME TO state;
DO $evenkeel$
BEGIN
  PERFORM pg_catalog.set_config('evenkeel.carried', (SELECT COALESCE(pg_catalog.jsonb_agg(s.sql), '[]')::text FROM (
    SELECT pg_catalog.unnest(ARRAY[
      CASE WHEN pg_catalog.col_description(a.attrelid, a.attnum) IS NOT NULL THEN pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::pg_catalog.regclass, a.attname, pg_catalog.col_description(a.attrelid, a.attnum)) END,
      CASE WHEN COALESCE(a.attstattarget, -1) >= 0 THEN pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', a.attrelid::pg_catalog.regclass, a.attname, a.attstattarget) END,
      CASE WHEN a.attoptions IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', a.attrelid::pg_catalog.regclass, a.attname, pg_catalog.array_to_string(a.attoptions, ', ')) END
    ]) FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'public.tickets'::pg_catalog.regclass AND a.attnum = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.tickets'::pg_catalog.regclass AND attname = 'state' AND NOT attisdropped)
    UNION ALL SELECT pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, a.attname, a.attrelid::pg_catalog.regclass,
      CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END,
      CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x WHERE a.attrelid = 'public.tickets'::pg_catalog.regclass AND a.attnum = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.tickets'::pg_catalog.regclass AND attname = 'state' AND NOT attisdropped)
    UNION ALL SELECT pg_catalog.unnest(ARRAY[
      CASE WHEN pg_catalog.obj_description(i.indexrelid, 'pg_class') IS NOT NULL THEN pg_catalog.format('COMMENT ON INDEX %s IS %L', i.indexrelid::pg_catalog.regclass, pg_catalog.obj_description(i.indexrelid, 'pg_class')) END,
      CASE WHEN i.indisclustered THEN pg_catalog.format('ALTER TABLE %s CLUSTER ON %s', 'public.tickets'::pg_catalog.regclass, pg_catalog.quote_ident((SELECT relname FROM pg_catalog.pg_class WHERE oid = i.indexrelid))) END,
      CASE WHEN i.indisreplident THEN pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %s', 'public.tickets'::pg_catalog.regclass, pg_catalog.quote_ident((SELECT relname FROM pg_catalog.pg_class WHERE oid = i.indexrelid))) END
    ]) FROM pg_catalog.pg_index i WHERE i.indrelid = 'public.tickets'::pg_catalog.regclass AND ((SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.tickets'::pg_catalog.regclass AND attname = 'state' AND NOT attisdropped) = ANY (i.indkey::int2[]) OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = 'public.tickets'::pg_catalog.regclass AND d.refobjsubid = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.tickets'::pg_catalog.regclass AND attname = 'state' AND NOT attisdropped)))
    UNION ALL SELECT pg_catalog.format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', i.indexrelid::pg_catalog.regclass, t.attnum, t.attstattarget)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute t ON t.attrelid = i.indexrelid
    WHERE i.indrelid = 'public.tickets'::pg_catalog.regclass AND COALESCE(t.attstattarget, -1) >= 0 AND ((SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.tickets'::pg_catalog.regclass AND attname = 'state' AND NOT attisdropped) = ANY (i.indkey::int2[]) OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = 'public.tickets'::pg_catalog.regclass AND d.refobjsubid = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.tickets'::pg_catalog.regclass AND attname = 'state' AND NOT attisdropped)))
    UNION ALL SELECT pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, 'public.tickets'::pg_catalog.regclass, pg_catalog.obj_description(k.oid, 'pg_constraint'))
    FROM pg_catalog.pg_constraint k WHERE k.conrelid = 'public.tickets'::pg_catalog.regclass AND (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.tickets'::pg_catalog.regclass AND attname = 'state' AND NOT attisdropped) = ANY (k.conkey)
      AND pg_catalog.obj_description(k.oid, 'pg_constraint') IS NOT NULL
    UNION ALL SELECT pg_catalog.unnest(ARRAY[
      pg_catalog.pg_get_statisticsobjdef(s.oid),
      CASE WHEN COALESCE(s.stxstattarget, -1) >= 0 THEN pg_catalog.format('ALTER STATISTICS %s SET STATISTICS %s', pg_catalog.format('%s.%I', s.stxnamespace::pg_catalog.regnamespace, s.stxname), s.stxstattarget) END,
      CASE WHEN pg_catalog.obj_description(s.oid, 'pg_statistic_ext') IS NOT NULL THEN pg_catalog.format('COMMENT ON STATISTICS %s IS %L', pg_catalog.format('%s.%I', s.stxnamespace::pg_catalog.regnamespace, s.stxname), pg_catalog.obj_description(s.oid, 'pg_statistic_ext')) END
    ]) FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = 'public.tickets'::pg_catalog.regclass AND EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND d.objid = s.oid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = 'public.tickets'::pg_catalog.regclass AND d.refobjsubid = (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = 'public.tickets'::pg_catalog.regclass AND attname = 'state' AND NOT attisdropped))
  ) s(sql) WHERE s.sql IS NOT NULL), true);
END
$evenkeel$;
DROP TRIGGER zzz_evenkeel_tickets_state_sync ON public.tickets;
DROP FUNCTION public.evenkeel_tickets_state_sync();
ALTER TABLE public.tickets DROP COLUMN state;
ALTER TABLE public.tickets RENAME COLUMN evenkeel_state_new TO state;
ALTER TABLE public.tickets ALTER COLUMN state SET DEFAULT 'open';
ALTER TABLE public.tickets RENAME CONSTRAINT tickets_evenkeel_state_new_not_null TO tickets_state_not_null;
DO $evenkeel$
DECLARE carried text;
BEGIN
  FOR carried IN SELECT pg_catalog.jsonb_array_elements_text(pg_catalog.current_setting('evenkeel.carried')::jsonb) LOOP
    EXECUTE carried;
  END LOOP;
END
$evenkeel$;
DROP TYPE public.evenkeel_state_old;
COMMIT;
-- afterwards: public.tickets has no column evenkeel_state_new
