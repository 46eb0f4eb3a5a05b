-- A statement as a person presents the user's id with the hash of the token, and its session is found by both.
DROP INDEX CONCURRENTLY IF EXISTS sessions_token;
--bun:split
CREATE INDEX CONCURRENTLY sessions_token ON sessions (user_id, token_hash);
--bun:split
-- A session of kind MERGE exists only within the transaction that merges a vouched account into another one. Nobody has
-- its token.
ALTER TABLE sessions DROP CONSTRAINT IF EXISTS sessions_kind_check,
  ADD CONSTRAINT sessions_kind_check CHECK (kind IN ('ACCOUNT', 'WIDGET', 'MERGE')) NOT VALID;
--bun:split
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_kind_check;
