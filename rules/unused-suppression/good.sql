-- evenkeel-ignore lock-queue: the table has ten rows
ALTER TABLE orders ADD COLUMN tracking_url text;
