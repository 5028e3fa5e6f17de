ALTER TABLE "products" ALTER COLUMN "sku" SET DATA TYPE varchar(64);
