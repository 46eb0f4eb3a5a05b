-- What is short-lived is found by its own hash, and refers to nobody: the deletion of an account deletes it. Each step
-- locks one table, and the one that it referred to, for a moment, and may be run twice.
ALTER TABLE invitations DROP CONSTRAINT IF EXISTS invitations_invited_by_fkey;
--bun:split
ALTER TABLE ceremonies DROP CONSTRAINT IF EXISTS ceremonies_user_id_fkey;
--bun:split
ALTER TABLE authorization_requests DROP CONSTRAINT IF EXISTS authorization_requests_user_id_fkey;
--bun:split
ALTER TABLE authorization_requests
  DROP CONSTRAINT IF EXISTS authorization_requests_account_session_id_fkey,
  DROP CONSTRAINT IF EXISTS authorization_requests_session_id_fkey;
--bun:split
-- They served only to delete a session. A request of a deleted session is refused, as that of an ended one is.
DROP INDEX IF EXISTS authorization_requests_account_session;
DROP INDEX IF EXISTS authorization_requests_session;
--bun:split
-- Only the release before marked an account that is being merged, within the transaction that then deletes it.
ALTER TABLE users DROP COLUMN IF EXISTS merged_into;
