CREATE TABLE IF NOT EXISTS sessions (id bigint PRIMARY KEY, device text);
