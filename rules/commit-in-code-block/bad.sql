-- Run by a tool that opens a transaction for each file.

DO $$
BEGIN
  UPDATE orders SET note = 'x' WHERE id = 1;
  COMMIT;
END
$$;
