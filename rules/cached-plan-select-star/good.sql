CREATE TABLE order_tracking (order_id bigint PRIMARY KEY, tracking_url text);
