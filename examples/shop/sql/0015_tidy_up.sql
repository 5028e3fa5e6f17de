ALTER TABLE "order_items" ALTER COLUMN "quantity" SET DEFAULT 1;
ALTER TABLE "products" ALTER COLUMN "description" SET NOT NULL;
ALTER TABLE "orders" ADD COLUMN "currency" varchar(3) DEFAULT 'EUR' NOT NULL;
ALTER TABLE "orders" ADD CONSTRAINT "orders_public_id_unique" UNIQUE("public_id");
