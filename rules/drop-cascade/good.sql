CREATE FUNCTION simple_name(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(trim($1))';
CREATE INDEX CONCURRENTLY contacts_simple_name_idx ON contacts (simple_name(name));
