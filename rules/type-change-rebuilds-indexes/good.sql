CREATE INDEX CONCURRENTLY customers_city_c_idx ON customers (city COLLATE "C");
