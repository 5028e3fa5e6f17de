ALTER TABLE orders ADD COLUMN shipping fee;
