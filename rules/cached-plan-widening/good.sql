ALTER TABLE repairs ADD COLUMN code_long text;
