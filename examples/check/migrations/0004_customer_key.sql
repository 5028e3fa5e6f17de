ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCE customers (id);
