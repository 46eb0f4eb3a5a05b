-- Sessions are found by their user's id with the token's hash or the session's id. idle_until is when a session ends unless
-- it is used; the release before derives that from last_used_at, and triggers set the column for its statements.
-- Each step may be run twice.
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS idle_until timestamptz;
--bun:split
CREATE OR REPLACE FUNCTION derive_idle_until() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  NEW.idle_until := NEW.last_used_at + NEW.idle_timeout;
  RETURN NEW;
END
$$;
--bun:split
REVOKE ALL ON FUNCTION derive_idle_until() FROM PUBLIC;
--bun:split
CREATE OR REPLACE TRIGGER idle_until_made BEFORE INSERT ON sessions
  FOR EACH ROW WHEN (NEW.idle_until IS NULL) EXECUTE FUNCTION derive_idle_until();
--bun:split
CREATE OR REPLACE TRIGGER idle_until_touched BEFORE UPDATE OF last_used_at ON sessions
  FOR EACH ROW WHEN (NEW.idle_until IS NOT DISTINCT FROM OLD.idle_until) EXECUTE FUNCTION derive_idle_until();
--bun:split
DROP POLICY IF EXISTS sessions_derived ON sessions;
--bun:split
CREATE POLICY sessions_derived ON sessions FOR UPDATE TO CURRENT_USER USING (true);
--bun:split
DO $$
DECLARE
  done  uuid := '00000000-0000-0000-0000-000000000000';
  batch uuid[];
BEGIN
  LOOP
    SELECT array_agg(b.id ORDER BY b.id) INTO batch
      FROM (SELECT s.id FROM public.sessions s WHERE s.id > done ORDER BY s.id LIMIT 5000) b;
    EXIT WHEN batch IS NULL;
    PERFORM FROM public.sessions s WHERE s.id = ANY (batch) ORDER BY s.id FOR NO KEY UPDATE; -- as revocations lock them
    UPDATE public.sessions s SET idle_until = s.last_used_at + s.idle_timeout WHERE s.id = ANY (batch) AND s.idle_until IS NULL;
    COMMIT;
    done := batch[cardinality(batch)];
  END LOOP;
END
$$;
--bun:split
DROP POLICY sessions_derived ON sessions;
--bun:split
ALTER TABLE sessions DROP CONSTRAINT IF EXISTS sessions_idle_until_check,
  ADD CONSTRAINT sessions_idle_until_check CHECK (idle_until IS NOT NULL) NOT VALID;
--bun:split
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_idle_until_check;
--bun:split
DROP INDEX CONCURRENTLY IF EXISTS sessions_key;
--bun:split
CREATE UNIQUE INDEX CONCURRENTLY sessions_key ON sessions (user_id, id);
--bun:split
-- By which a token of an earlier release, which names no user, is found.
DROP INDEX CONCURRENTLY IF EXISTS sessions_token_alone;
--bun:split
CREATE INDEX CONCURRENTLY sessions_token_alone ON sessions (token_hash);
