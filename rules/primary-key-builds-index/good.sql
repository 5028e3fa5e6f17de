CREATE UNIQUE INDEX CONCURRENTLY couriers_pkey ON couriers (name);
ALTER TABLE couriers ADD CONSTRAINT couriers_pkey PRIMARY KEY USING INDEX couriers_pkey;
