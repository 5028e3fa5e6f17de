SET lock_timeout = '100ms';
ALTER TABLE payments DROP CONSTRAINT payments_order_id_fkey;
