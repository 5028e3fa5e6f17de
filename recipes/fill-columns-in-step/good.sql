-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/fill-columns-in-step/bad.sql

-- 01-add-column-first_name (expand)
-- Adding a column takes ACCESS EXCLUSIVE and changes the catalog only (measured on 13 to 18).
-- locks: ACCESS EXCLUSIVE on public.customers (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE customers ADD COLUMN first_name text, ADD COLUMN last_name text;
COMMIT;
-- afterwards: public.customers has the column first_name; public.customers has the column last_name
-- undo: ALTER TABLE public.customers DROP COLUMN last_name;
-- undo: ALTER TABLE public.customers DROP COLUMN first_name;

-- 02-function-first_name (expand)
-- The function that will fill first_name, last_name for code that does not know of it; nobody uses it yet.
-- locks: nothing that existed before
BEGIN;
SET LOCAL lock_timeout = '2000ms';
SET LOCAL statement_timeout = '0ms';
CREATE OR REPLACE FUNCTION public.evenkeel_customers_first_name_sync() RETURNS trigger LANGUAGE plpgsql AS $evenkeel$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT (NEW.first_name IS NULL AND NEW.last_name IS NULL) THEN
      RETURN NEW;
    END IF;
  ELSIF NOT ((ROW(NEW.name)::record *<> ROW(OLD.name)::record)
      AND NOT (ROW(NEW.first_name, NEW.last_name)::record *<> ROW(OLD.first_name, OLD.last_name)::record)) THEN
    RETURN NEW;
  END IF;
  BEGIN
    SELECT split_part(name, ' ', 1), split_part(name, ' ', 2)
      INTO NEW.first_name, NEW.last_name FROM (SELECT NEW.*) AS customers;
  EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
    NEW.first_name := NULL;
    NEW.last_name := NULL;
  END;
  RETURN NEW;
END
$evenkeel$;
COMMIT;
-- afterwards: public.evenkeel_customers_first_name_sync() has this source
-- undo: DROP FUNCTION IF EXISTS public.evenkeel_customers_first_name_sync();

-- 03-follow-first_name (expand)
-- From here on every write of old code fills first_name, last_name too, so nothing that is written during
-- the backfill is lost.
-- locks: SHARE ROW EXCLUSIVE on public.customers (writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
CREATE TRIGGER zzz_evenkeel_customers_first_name_sync BEFORE INSERT OR UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.evenkeel_customers_first_name_sync();
COMMIT;
-- afterwards: the trigger zzz_evenkeel_customers_first_name_sync of public.customers is there
-- undo: DROP TRIGGER zzz_evenkeel_customers_first_name_sync ON public.customers;
-- undo: DROP FUNCTION public.evenkeel_customers_first_name_sync();

-- 04-fill-first_name (migrate)
-- The rows that were there before are filled in small transactions; nobody waits for more than a few rows.
-- locks: ROW EXCLUSIVE on public.customers (reads and writes go on)
SET statement_timeout = 0;
DO $evenkeel$
BEGIN
  WHILE EXISTS (SELECT FROM public.customers WHERE first_name IS NULL AND last_name IS NULL AND (ROW(first_name, last_name)::record *<> ROW((split_part(name, ' ', 1))::text, (split_part(name, ' ', 2))::text)::record)) LOOP
    SET LOCAL lock_timeout = '500ms';
    UPDATE public.customers SET first_name = split_part(name, ' ', 1), last_name = split_part(name, ' ', 2) WHERE (first_name IS NULL AND last_name IS NULL AND (ROW(first_name, last_name)::record *<> ROW((split_part(name, ' ', 1))::text, (split_part(name, ' ', 2))::text)::record)) AND ("id") IN (
      SELECT "id" FROM public.customers WHERE first_name IS NULL AND last_name IS NULL AND (ROW(first_name, last_name)::record *<> ROW((split_part(name, ' ', 1))::text, (split_part(name, ' ', 2))::text)::record) ORDER BY "id" LIMIT 1000 FOR UPDATE);
    COMMIT;
  END LOOP;
END $evenkeel$;
RESET statement_timeout;
-- afterwards: no row of public.customers is left to do

-- 05-relax-name (expand)
-- New code has to be able to leave the column out of its INSERTs while old code still fills it.
-- locks: ACCESS EXCLUSIVE on public.customers (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.customers ALTER COLUMN name DROP NOT NULL;
COMMIT;
-- afterwards: public.customers.name may be NULL

-- 06-gate-drop-name (contract)
-- Until then a trigger derives first_name, last_name for rows that old code writes. Nothing derives name
-- from what new code writes, and the values are gone for good once dropped.
-- Deploy code that reads and writes first_name, last_name of public.customers itself and neither reads nor
-- writes name, and wait until no older version runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 06-gate-drop-name: Deploy code that reads and writes first_name, last_name of public.customers itself and neither reads nor writes name, and wait until no older version runs.'; END $evenkeel$;

-- 07-drop-column-name (contract)
-- The trigger that read the column goes together with it: a moment under ACCESS EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.customers (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
DROP TRIGGER zzz_evenkeel_customers_first_name_sync ON public.customers;
DROP FUNCTION public.evenkeel_customers_first_name_sync();
ALTER TABLE public.customers DROP COLUMN name;
COMMIT;
-- afterwards: public.customers has no column name
