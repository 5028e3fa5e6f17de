ALTER TABLE bookings ADD CONSTRAINT bookings_past CHECK (lower(during) <= clock_timestamp()) NOT VALID;
