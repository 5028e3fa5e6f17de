CREATE ROLE readers;
GRANT SELECT ON sessions TO readers;
