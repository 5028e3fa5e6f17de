CREATE POLICY sessions_own ON sessions USING (owner = current_user);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
