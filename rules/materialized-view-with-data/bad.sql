CREATE MATERIALIZED VIEW owners AS SELECT owner, count(*) AS sessions FROM sessions GROUP BY owner;
