ALTER TABLE orders ADD COLUMN total_net integer GENERATED ALWAYS AS (total - total / 5) STORED;
