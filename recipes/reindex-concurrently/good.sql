-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/reindex-concurrently/bad.sql

-- 01-reindex-orders_status_idx (migrate)
-- A plain REINDEX keeps writers waiting; CONCURRENTLY builds the new index beside the old one.
-- locks: SHARE UPDATE EXCLUSIVE on public.orders (reads and writes go on)
SET lock_timeout = 0;
SET statement_timeout = 0;
REINDEX INDEX CONCURRENTLY public.orders_status_idx;
RESET lock_timeout;
RESET statement_timeout;
-- afterwards: the index public.orders_status_idx is valid
