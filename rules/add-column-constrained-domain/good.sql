ALTER TABLE orders ADD COLUMN shipping integer;
ALTER TABLE orders ADD CONSTRAINT orders_shipping_check CHECK (shipping >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_shipping_check;
