CREATE INDEX "orders_customer_id_idx" ON "orders" USING btree ("customer_id");
