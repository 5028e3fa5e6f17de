CREATE POLICY sessions_own ON sessions USING (owner = current_user);
