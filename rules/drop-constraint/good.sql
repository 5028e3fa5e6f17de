ALTER TABLE couriers ADD CONSTRAINT couriers_name_length CHECK (length(name) < 200) NOT VALID;
ALTER TABLE couriers VALIDATE CONSTRAINT couriers_name_length;
