-- Run by a tool that opens a transaction for each file.

UPDATE orders SET note = 'x' WHERE id = 1;
