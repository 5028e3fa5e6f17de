DROP VIEW all_sessions;
