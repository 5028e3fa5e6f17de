CREATE TABLE parcels (id bigint PRIMARY KEY, country char(2));
