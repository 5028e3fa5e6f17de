CREATE TABLE guests (invited_by text) INHERITS (contacts);
