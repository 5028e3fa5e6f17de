-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/create-index-concurrently/bad.sql

-- 01-index-orders_customer_idx (expand)
-- A plain CREATE INDEX keeps writers waiting for the whole build; CONCURRENTLY reads the table twice and
-- nobody waits.
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
SET lock_timeout = 0;
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY orders_customer_idx ON public.orders USING btree (customer_id);
RESET lock_timeout;
RESET statement_timeout;
-- afterwards: the index public.orders_customer_idx is valid
-- undo: DROP INDEX CONCURRENTLY IF EXISTS public.orders_customer_idx;
