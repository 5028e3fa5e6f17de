-- Safe plan for PostgreSQL 18.
-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement
-- that fails; a lock timeout means that the table was busy: run the rest again from that step on.
-- evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.

-- ==================== recipes/update-in-batches/bad.sql

-- 01-update-orders (migrate)
-- In one transaction, every changed row stays locked until the last one is done; in small ones nobody
-- waits for more than a few rows.
-- locks: ROW EXCLUSIVE on public.orders (reads and writes go on)
SET statement_timeout = 0;
DO $evenkeel$
DECLARE
  evenkeel_place record;
  evenkeel_changed bigint := 0;
BEGIN
  SET LOCAL lock_timeout = '500ms';
  FOR evenkeel_place IN SELECT "id" FROM public.orders WHERE (total = 0) AND (ROW(status)::record *<> ROW(('archived')::character varying(20))::record) ORDER BY "id" LOOP
    UPDATE public.orders SET status = 'archived' WHERE ((total = 0) AND (ROW(status)::record *<> ROW(('archived')::character varying(20))::record)) AND ("id") = (evenkeel_place."id");
    evenkeel_changed := evenkeel_changed + 1;
    IF evenkeel_changed % 1000 = 0 THEN
      COMMIT;
      SET LOCAL lock_timeout = '500ms';
    END IF;
  END LOOP;
END $evenkeel$;
RESET statement_timeout;
-- afterwards: the ledger says so: its row commits together with the step
