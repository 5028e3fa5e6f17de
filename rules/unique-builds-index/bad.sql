ALTER TABLE couriers ADD CONSTRAINT couriers_name_key UNIQUE (name);
