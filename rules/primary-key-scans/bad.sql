ALTER TABLE couriers ADD PRIMARY KEY USING INDEX couriers_code_idx;
