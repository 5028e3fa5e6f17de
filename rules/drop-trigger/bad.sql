DROP TRIGGER tickets_touch ON tickets;
