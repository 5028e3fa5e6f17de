CREATE TABLE reminders (id bigint PRIMARY KEY, changed_at timestamptz);
CREATE TRIGGER reminders_touch BEFORE UPDATE ON reminders FOR EACH ROW EXECUTE FUNCTION touch_ticket();
