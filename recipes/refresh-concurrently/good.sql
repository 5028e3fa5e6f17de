-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/refresh-concurrently/bad.sql

-- 01-refresh-order_owners (migrate)
-- CONCURRENTLY compares and changes rows; readers of the view go on.
-- locks: EXCLUSIVE on public.order_owners (writes wait)
-- locks: ACCESS SHARE on public.orders (reads and writes go on)
BEGIN;
SET LOCAL lock_timeout = '5000ms';
SET LOCAL statement_timeout = '0ms';
REFRESH MATERIALIZED VIEW CONCURRENTLY public.order_owners;
COMMIT;
-- afterwards: the ledger says so: its row commits together with the step
