SET statement_timeout = '5s';
INSERT INTO orders (note) SELECT message FROM audit_log;
