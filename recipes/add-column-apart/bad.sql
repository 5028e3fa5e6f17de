ALTER TABLE orders ADD COLUMN approved_by integer REFERENCES customers (id);
