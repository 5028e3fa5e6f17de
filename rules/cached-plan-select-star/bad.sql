ALTER TABLE orders ADD COLUMN tracking_url text;
