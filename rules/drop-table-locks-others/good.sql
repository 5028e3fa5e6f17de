SET lock_timeout = '100ms';
ALTER TABLE payments DROP CONSTRAINT payments_order_id_fkey;
-- evenkeel-ignore drop-table, old-code-breaks: no code since release 41 uses it, a copy lies in the archive
DROP TABLE payments;
