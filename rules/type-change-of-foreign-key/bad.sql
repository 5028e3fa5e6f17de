ALTER TABLE repair_parts ALTER COLUMN repair_id TYPE bigint;
