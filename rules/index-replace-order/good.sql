CREATE INDEX CONCURRENTLY customers_city_name_idx ON customers (city, name);
DROP INDEX CONCURRENTLY customers_city_idx;
