CREATE TABLE clicks (url text, clicked_at timestamptz);
