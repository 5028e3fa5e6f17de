DROP POLICY documents_own ON documents;
CREATE POLICY documents_own ON documents USING (owner = session_user);
