ALTER TABLE repairs ALTER COLUMN token SET DEFAULT gen_random_uuid();
