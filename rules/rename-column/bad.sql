ALTER TABLE customers RENAME COLUMN city TO town;
