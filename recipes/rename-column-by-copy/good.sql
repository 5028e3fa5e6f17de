-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/rename-column-by-copy/bad.sql

-- 01-function-email_address (expand)
-- The function that will keep both names in step; nobody uses it yet.
-- locks: nothing that existed before
BEGIN;
SET LOCAL lock_timeout = '2000ms';
SET LOCAL statement_timeout = '0ms';
CREATE OR REPLACE FUNCTION public.evenkeel_orders_email_address_sync() RETURNS trigger LANGUAGE plpgsql AS $evenkeel$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.email_address IS NOT NULL THEN
      NEW.email := NEW.email_address;
    ELSE
      NEW.email_address := NEW.email;
    END IF;
  ELSIF (ROW(NEW.email_address)::record *<> ROW(OLD.email_address)::record) THEN
    NEW.email := NEW.email_address;
  ELSE
    NEW.email_address := NEW.email;
  END IF;
  RETURN NEW;
END
$evenkeel$;
COMMIT;
-- afterwards: public.evenkeel_orders_email_address_sync() has this source
-- undo: DROP FUNCTION IF EXISTS public.evenkeel_orders_email_address_sync();

-- 02-both-email_address (expand)
-- The new name and the trigger appear together, so no write is ever seen by one of them only.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD COLUMN email_address text;
CREATE TRIGGER zzz_evenkeel_orders_email_address_sync BEFORE INSERT OR UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.evenkeel_orders_email_address_sync();
COMMIT;
-- afterwards: public.orders has the column email_address
-- undo: DROP TRIGGER zzz_evenkeel_orders_email_address_sync ON public.orders;
-- undo: DROP FUNCTION public.evenkeel_orders_email_address_sync();
-- undo: ALTER TABLE public.orders DROP COLUMN email_address;

-- 03-copy-email_address (migrate)
-- Rows that nobody has touched since get the new name filled in small transactions.
-- locks: ROW EXCLUSIVE on public.orders (reads and writes go on)
SET statement_timeout = 0;
DO $evenkeel$
BEGIN
  WHILE EXISTS (SELECT FROM public.orders WHERE (ROW(email_address)::record *<> ROW(email)::record)) LOOP
    SET LOCAL lock_timeout = '500ms';
    UPDATE public.orders SET email_address = email WHERE ((ROW(email_address)::record *<> ROW(email)::record)) AND ("id") IN (
      SELECT "id" FROM public.orders WHERE (ROW(email_address)::record *<> ROW(email)::record) ORDER BY "id" LIMIT 1000 FOR UPDATE);
    COMMIT;
  END LOOP;
END $evenkeel$;
RESET statement_timeout;
-- afterwards: no row of public.orders is left to do

-- 04-gate-rename-email (contract)
-- From the next step on the old name is gone.
-- Deploy code that uses public.orders.email_address instead of email, and wait until no older version
-- runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 04-gate-rename-email: Deploy code that uses public.orders.email_address instead of email, and wait until no older version runs.'; END $evenkeel$;

-- 05-rename-email (contract)
-- Both hold the same values, so the copy goes and the original takes its name: a moment under ACCESS
-- EXCLUSIVE.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
DROP TRIGGER zzz_evenkeel_orders_email_address_sync ON public.orders;
DROP FUNCTION public.evenkeel_orders_email_address_sync();
ALTER TABLE public.orders DROP COLUMN email_address;
ALTER TABLE public.orders RENAME COLUMN email TO email_address;
COMMIT;
-- afterwards: public.orders has no column email
