CREATE FUNCTION trimmed_name(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(trim($1))';
CREATE INDEX CONCURRENTLY contacts_trimmed_name_idx ON contacts (trimmed_name(name));
