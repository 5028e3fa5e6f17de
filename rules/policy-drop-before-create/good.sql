CREATE POLICY documents_own_or_shared ON documents USING (owner = session_user);
DROP POLICY documents_own ON documents;
