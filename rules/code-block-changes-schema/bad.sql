DO $$
BEGIN
  ALTER TABLE orders ADD COLUMN channel text;
  PERFORM pg_notify('schema', 'orders');
END
$$;
