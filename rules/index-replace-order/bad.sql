DROP INDEX CONCURRENTLY customers_city_idx;
CREATE INDEX CONCURRENTLY customers_city_name_idx ON customers (city, name);
