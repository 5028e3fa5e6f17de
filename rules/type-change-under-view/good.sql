ALTER TABLE orders ADD COLUMN status_new text;
CREATE VIEW open_orders_new AS SELECT id, status_new AS status FROM orders WHERE status_new <> 'done';
