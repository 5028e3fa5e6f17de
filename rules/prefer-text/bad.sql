CREATE TABLE parcels (id bigint PRIMARY KEY, label varchar(40));
