-- By which what has ended is found, and what points to it. Built beside whoever writes, and so in no
-- transaction: what an attempt that failed has left goes first.
DROP INDEX CONCURRENTLY IF EXISTS notes_deleted;
--bun:split
CREATE INDEX CONCURRENTLY notes_deleted ON notes (user_id, tenant_key, id DESC) WHERE deleted_at IS NOT NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS notes_mark;
--bun:split
CREATE INDEX CONCURRENTLY notes_mark ON notes (user_id, id DESC) WHERE pinned AND deleted_at IS NOT NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS sessions_revoked;
--bun:split
CREATE INDEX CONCURRENTLY sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS authorization_requests_account_session;
--bun:split
CREATE INDEX CONCURRENTLY authorization_requests_account_session ON authorization_requests (account_session_id) WHERE account_session_id IS NOT NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS authorization_requests_session;
--bun:split
CREATE INDEX CONCURRENTLY authorization_requests_session ON authorization_requests (session_id) WHERE session_id IS NOT NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS assertion_keys_revoked;
--bun:split
CREATE INDEX CONCURRENTLY assertion_keys_revoked ON assertion_keys (revoked_at) WHERE revoked_at IS NOT NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS server_keys_revoked;
--bun:split
CREATE INDEX CONCURRENTLY server_keys_revoked ON server_keys (revoked_at) WHERE revoked_at IS NOT NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS tries_free;
--bun:split
CREATE INDEX CONCURRENTLY tries_free ON tries (free_at);
