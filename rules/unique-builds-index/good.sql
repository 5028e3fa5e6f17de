CREATE UNIQUE INDEX CONCURRENTLY couriers_name_key ON couriers (name);
ALTER TABLE couriers ADD CONSTRAINT couriers_name_key UNIQUE USING INDEX couriers_name_key;
