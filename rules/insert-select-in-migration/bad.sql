INSERT INTO audit_log SELECT now(), note FROM orders;
