CREATE MATERIALIZED VIEW owners AS SELECT owner, count(*) AS sessions FROM sessions GROUP BY owner WITH NO DATA;
CREATE UNIQUE INDEX owners_key ON owners (owner);
