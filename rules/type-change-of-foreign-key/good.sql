ALTER TABLE repair_parts ADD COLUMN repair_id_new bigint;
