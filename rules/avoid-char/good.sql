CREATE TABLE parcels (id bigint PRIMARY KEY, country text CHECK (length(country) = 2));
