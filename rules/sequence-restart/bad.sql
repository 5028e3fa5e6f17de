ALTER SEQUENCE invoice_numbers RESTART;
