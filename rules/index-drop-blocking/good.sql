DROP INDEX CONCURRENTLY customers_city_idx;
