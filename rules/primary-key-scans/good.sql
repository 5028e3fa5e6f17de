ALTER TABLE couriers ADD CONSTRAINT couriers_code_set CHECK (code IS NOT NULL) NOT VALID;
ALTER TABLE couriers VALIDATE CONSTRAINT couriers_code_set;
ALTER TABLE couriers ADD PRIMARY KEY USING INDEX couriers_code_idx;
