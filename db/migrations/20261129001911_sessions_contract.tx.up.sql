-- What only the release before needs of sessions: triggers that complete what its statements write, lookups without a
-- user, and foreign keys by a session's id. The primary key becomes (user_id, id).
DROP TRIGGER chained ON sessions;
DROP TRIGGER idle_until_made ON sessions;
DROP TRIGGER idle_until_touched ON sessions;
DROP FUNCTION join_chain();
DROP FUNCTION derive_idle_until();
DROP FUNCTION still_live(uuid[]);
DROP VIEW live_sessions;

ALTER TABLE authorization_requests
  DROP CONSTRAINT authorization_requests_account_session_id_fkey,
  DROP CONSTRAINT authorization_requests_session_id_fkey;
DROP INDEX authorization_requests_account_session;
DROP INDEX authorization_requests_session;

ALTER TABLE sessions
  DROP CONSTRAINT sessions_granted_by_fkey,
  DROP CONSTRAINT sessions_token_hash_key,
  DROP CONSTRAINT sessions_pkey,
  ADD CONSTRAINT sessions_pkey PRIMARY KEY USING INDEX sessions_key,
  ALTER COLUMN idle_until SET NOT NULL,
  DROP CONSTRAINT sessions_idle_until_check;
DROP INDEX sessions_user;
DROP INDEX sessions_chain;
DROP INDEX sessions_granted_by;
