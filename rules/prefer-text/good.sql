CREATE TABLE parcels (id bigint PRIMARY KEY, label text CHECK (length(label) <= 40));
