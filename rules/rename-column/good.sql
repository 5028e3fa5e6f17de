ALTER TABLE customers ADD COLUMN town text;
