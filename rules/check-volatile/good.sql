ALTER TABLE bookings ADD CONSTRAINT bookings_sane CHECK (lower(during) < TIMESTAMPTZ '2100-01-01') NOT VALID;
ALTER TABLE bookings VALIDATE CONSTRAINT bookings_sane;
