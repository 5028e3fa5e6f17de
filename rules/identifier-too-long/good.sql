CREATE INDEX CONCURRENTLY orders_by_customer_for_the_back_office ON orders (customer_id);
