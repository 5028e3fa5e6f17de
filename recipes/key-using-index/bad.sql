ALTER TABLE orders ADD CONSTRAINT orders_email_key UNIQUE (email);
