-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/swap-by-rename/bad.sql

-- 01-gate-swap-customers (contract)
-- From the next step on public.customers is another table; what it held until now is
-- public.customers_before.
-- Deploy code that can live with the new table under the name public.customers, rows and columns, and see
-- to it that whatever it is to hold by then is in it; wait until no older version runs.
-- Take the next statement out once that is done.
DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = 'Gate 01-gate-swap-customers: Deploy code that can live with the new table under the name public.customers, rows and columns, and see to it that whatever it is to hold by then is in it; wait until no older version runs.'; END $evenkeel$;

-- 02-swap-customers (contract)
-- All in one transaction, so that whoever asks for the name always finds a table.
-- locks: ACCESS EXCLUSIVE on public.customers (reads and writes wait)
BEGIN;
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '5000ms';
ALTER TABLE customers RENAME TO customers_before;
CREATE TABLE customers (LIKE customers_before INCLUDING ALL);
COMMIT;
-- afterwards: public.customers_before exists
