-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/drop-index-concurrently/bad.sql

-- 01-drop-index-orders_status_idx (contract)
-- A plain DROP INDEX locks the whole table; CONCURRENTLY waits until nobody uses the index any more.
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
SET lock_timeout = 0;
SET statement_timeout = 0;
DROP INDEX CONCURRENTLY public.orders_status_idx;
RESET lock_timeout;
RESET statement_timeout;
-- afterwards: public.orders_status_idx is gone
