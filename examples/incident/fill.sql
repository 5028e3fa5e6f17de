INSERT INTO customers (id, name, email)
SELECT n, 'Customer ' || n, 'customer' || n || '@example.com'
FROM generate_series(1::bigint, 50000) AS n;

INSERT INTO orders (id, customer_id, status, total_cents, created_at, updated_at)
SELECT n,
       1 + (n * 7919) % 50000,
       (ARRAY['new', 'paid', 'packed', 'shipped'])[1 + (n % 4)],
       500 + (n * 31) % 90000,
       timestamptz '2025-01-01 00:00:00+00' + n * interval '60 seconds',
       timestamptz '2025-01-01 00:00:00+00' + n * interval '60 seconds'
FROM generate_series(1::bigint, 500000) AS n;
