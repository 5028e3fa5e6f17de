BEGIN;
ALTER TABLE contacts SET SCHEMA archive;
CREATE VIEW public.contacts AS SELECT * FROM archive.contacts;
COMMIT;
