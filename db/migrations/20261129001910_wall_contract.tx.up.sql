-- What only the release before needs: its policies, and the functions that find a session by the token's hash alone.
DROP POLICY notes_read ON notes;
DROP POLICY notes_write ON notes;
DROP POLICY notes_edit ON notes;
ALTER POLICY notes_widget ON notes USING (user_id = owner_user() AND tenant_key = owner_tenant());

DROP FUNCTION current_session();
DROP FUNCTION merging_accounts();
DROP FUNCTION current_owner();
DROP FUNCTION current_account();
DROP VIEW presented_session;
