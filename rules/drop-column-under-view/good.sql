CREATE VIEW order_notes AS SELECT id, note FROM orders;
