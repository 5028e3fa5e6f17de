CREATE OR REPLACE FUNCTION touch_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('app.skip_touch', true) = 'on' THEN
    RETURN NEW;
  END IF;
  NEW.changed_at := now();
  RETURN NEW;
END $$;
