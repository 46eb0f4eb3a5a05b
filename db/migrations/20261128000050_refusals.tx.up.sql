-- Signing in counts, in the statement that makes the session, how often it is noted in the audit
-- log; what is refused counts with the entry.
GRANT EXECUTE ON FUNCTION try_wait(bytea, int, double precision), count_try(bytea, int, double precision) TO aside_auth;
