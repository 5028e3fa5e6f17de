ALTER TABLE "orders" ADD COLUMN "channel" text DEFAULT 'web' NOT NULL;
