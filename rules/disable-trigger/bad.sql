ALTER TABLE tickets DISABLE TRIGGER tickets_touch;
