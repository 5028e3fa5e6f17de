ALTER TABLE repairs ADD COLUMN origin text DEFAULT 'web';
