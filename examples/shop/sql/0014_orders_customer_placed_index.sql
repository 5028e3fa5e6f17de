DROP INDEX "orders_customer_id_idx";
CREATE INDEX "orders_customer_placed_idx" ON "orders" USING btree ("customer_id","placed_at");
