-- By which what refers to an account is found when the account goes. Built beside whoever writes, and so in
-- no transaction: what an attempt that failed has left goes first.
DROP INDEX CONCURRENTLY IF EXISTS authorization_requests_user;
--bun:split
CREATE INDEX CONCURRENTLY authorization_requests_user ON authorization_requests (user_id) WHERE user_id IS NOT NULL;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS users_merged_into;
--bun:split
CREATE INDEX CONCURRENTLY users_merged_into ON users (merged_into) WHERE merged_into IS NOT NULL;
