CREATE INDEX CONCURRENTLY customers_town_idx ON customers (city);
