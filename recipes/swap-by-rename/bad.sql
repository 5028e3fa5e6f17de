ALTER TABLE customers RENAME TO customers_before;
CREATE TABLE customers (LIKE customers_before INCLUDING ALL);
