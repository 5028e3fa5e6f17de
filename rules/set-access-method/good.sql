CREATE TABLE contacts_columnar (LIKE contacts INCLUDING ALL) USING columnar;
