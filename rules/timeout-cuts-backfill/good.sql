SET statement_timeout = '5s';
INSERT INTO orders (note) VALUES ('first');
UPDATE orders SET note = 'x' WHERE id BETWEEN 1 AND 1000;
