ALTER TABLE orders
  ADD COLUMN channel text,
  ADD COLUMN public_id uuid DEFAULT gen_random_uuid() NOT NULL;
