ALTER TABLE couriers DROP CONSTRAINT couriers_name_check;
