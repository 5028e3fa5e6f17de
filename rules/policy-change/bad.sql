ALTER POLICY documents_own ON documents USING (owner = session_user);
