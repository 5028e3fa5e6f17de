DROP VIEW all_sessions;
DROP FUNCTION plain_name(text) CASCADE;
