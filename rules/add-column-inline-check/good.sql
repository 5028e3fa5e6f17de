ALTER TABLE orders ADD COLUMN weight integer;
ALTER TABLE orders ADD CONSTRAINT orders_weight_check CHECK (weight > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_weight_check;
