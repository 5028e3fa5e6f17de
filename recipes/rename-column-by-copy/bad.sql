ALTER TABLE orders RENAME COLUMN email TO email_address;
