CREATE OR REPLACE VIEW all_sessions AS SELECT id, owner, token FROM sessions;
