-- Customers want to see where their parcel is.
ALTER TABLE orders ADD COLUMN tracking_url text;
