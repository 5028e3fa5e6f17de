-- visits_rest has CHECK (seen_on < '2027-01-01'), valid.
CREATE TABLE visits_2027 (LIKE visits INCLUDING ALL);
ALTER TABLE visits ATTACH PARTITION visits_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
