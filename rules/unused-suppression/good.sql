-- evenkeel-ignore rewrite-under-lock: the table has ten rows
ALTER TABLE orders ALTER COLUMN id TYPE numeric;
