ALTER TABLE contacts OWNER TO keeper;
