-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/key-using-index/bad.sql

-- 01-index-orders_email_key (expand)
-- UNIQUE would build its index under ACCESS EXCLUSIVE; built CONCURRENTLY nobody waits.
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
SET lock_timeout = 0;
SET statement_timeout = 0;
CREATE UNIQUE INDEX CONCURRENTLY orders_email_key ON public.orders (email);
RESET lock_timeout;
RESET statement_timeout;
-- afterwards: the index public.orders_email_key is valid
-- undo: DROP INDEX CONCURRENTLY IF EXISTS public.orders_email_key;

-- 02-constraint-orders_email_key (contract)
-- Takes over the finished index: a moment under ACCESS EXCLUSIVE, and no row is read.
-- locks: ACCESS EXCLUSIVE on public.orders (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE public.orders ADD CONSTRAINT orders_email_key UNIQUE USING INDEX orders_email_key;
COMMIT;
-- afterwards: public.orders has the constraint orders_email_key
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_email_key;
