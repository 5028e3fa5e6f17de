CREATE TABLE page_cache (url text PRIMARY KEY, body text);
