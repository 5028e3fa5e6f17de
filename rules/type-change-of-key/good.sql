ALTER TABLE repairs ADD COLUMN id_new bigint;
ALTER TABLE repair_parts ADD COLUMN repair_id_new bigint;
