-- Rows for the shop as its first migration leaves it: 5,000 customers, 1,000 products, 40,000 orders with 100,000 items.
-- The same rows every time, so that two databases can be compared afterwards.
INSERT INTO customers (name, email, legacy_code, created_at)
SELECT 'Customer ' || n,
       'customer' || n || '@shop.example',
       CASE WHEN n % 3 = 0 THEN 'L' || lpad(n::text, 6, '0') END,
       timestamptz '2025-01-01 00:00:00+00' + n * interval '1 hour'
FROM generate_series(1, 5000) AS n;

INSERT INTO products (sku, title, description, price_cents)
SELECT 'SKU-' || lpad(n::text, 6, '0'),
       'Product ' || n,
       'What product ' || n || ' is good for',
       100 + n * 7 % 20000
FROM generate_series(1, 1000) AS n;

INSERT INTO orders (customer_id, status, total_cents, placed_at)
SELECT 1 + n * 13 % 5000,
       (ARRAY['new', 'paid', 'shipped']::order_status[])[1 + n % 3],
       0,
       timestamptz '2025-06-01 00:00:00+00' + n * interval '5 minutes'
FROM generate_series(1, 40000) AS n;

INSERT INTO order_items (order_id, product_id, quantity, unit_price_cents)
SELECT 1 + n % 40000,
       1 + n * 17 % 1000,
       1 + n % 4,
       100 + (1 + n * 17 % 1000) * 7 % 20000
FROM generate_series(1, 100000) AS n;

UPDATE orders
SET total_cents = items.total
FROM (SELECT order_id, sum(quantity * unit_price_cents) AS total FROM order_items GROUP BY order_id) AS items
WHERE items.order_id = orders.id;
