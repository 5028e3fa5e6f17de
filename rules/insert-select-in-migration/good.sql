INSERT INTO audit_log SELECT now(), note FROM orders WHERE id > 0 ORDER BY id LIMIT 1000;
INSERT INTO audit_log SELECT now(), note FROM orders WHERE id > 1000 ORDER BY id LIMIT 1000;
