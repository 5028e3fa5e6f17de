CREATE DOMAIN percent AS integer;
