-- Who people are (linked subjects with their e-mails and names, and the names people go by) is kept
-- sealed, and found by keyed hashes. What older releases kept in the clear stays until no node of one
-- is left: see db/plaintext.go. A later release drops those columns, and the triggers with them.
-- Each step locks one table for a moment and may be run twice: together they could meet a request
-- that locks the same tables in another order.

-- Since when everything is kept sealed, and since when nothing is in the clear any more. No row
-- while a node of an older release may serve.
CREATE TABLE IF NOT EXISTS sealing (
  one         boolean PRIMARY KEY DEFAULT true CHECK (one),
  started_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON sealing TO aside_auth;

-- An older release calls itself aside. From then on it is refused, loudly, what it would put in the
-- clear: it does not find what is sealed, and would make a second account or link of it.
CREATE OR REPLACE FUNCTION sealed_only() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF EXISTS (SELECT FROM public.sealing WHERE finished_at IS NOT NULL OR current_setting('application_name') = 'aside') THEN
    RAISE EXCEPTION 'this is kept sealed: replace the node by one of the newer release' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION sealed_only() FROM PUBLIC;
--bun:split
ALTER TABLE users
  ADD COLUMN IF NOT EXISTS sealed_name bytea,
  ADD COLUMN IF NOT EXISTS name_hash bytea CHECK (octet_length(name_hash) = 32),
  ADD COLUMN IF NOT EXISTS vouched_subject_hash bytea CHECK (octet_length(vouched_subject_hash) = 32),
  ALTER COLUMN display_name DROP NOT NULL,
  DROP CONSTRAINT IF EXISTS users_named,
  ADD CONSTRAINT users_named CHECK ((display_name IS NULL) = (sealed_name IS NOT NULL)) NOT VALID,
  DROP CONSTRAINT users_vouched,
  ADD CONSTRAINT users_vouched CHECK (
    (vouched_by IS NULL AND vouched_subject IS NULL AND vouched_subject_hash IS NULL)
    OR (vouched_by IS NOT NULL AND (vouched_subject IS NULL) = (vouched_subject_hash IS NOT NULL))) NOT VALID;
CREATE OR REPLACE TRIGGER sealed_only BEFORE INSERT OR UPDATE OF display_name, vouched_subject ON users
  FOR EACH ROW WHEN (NEW.display_name IS NOT NULL OR NEW.vouched_subject IS NOT NULL) EXECUTE FUNCTION sealed_only();
--bun:split
ALTER TABLE passkeys ADD COLUMN IF NOT EXISTS sealed_name bytea;
CREATE OR REPLACE TRIGGER sealed_only BEFORE INSERT OR UPDATE OF name ON passkeys
  FOR EACH ROW WHEN (NEW.name <> '') EXECUTE FUNCTION sealed_only();
--bun:split
ALTER TABLE identities
  ADD COLUMN IF NOT EXISTS subject_hash bytea CHECK (octet_length(subject_hash) = 32),
  ADD COLUMN IF NOT EXISTS sealed_subject bytea,
  ALTER COLUMN subject DROP NOT NULL,
  DROP CONSTRAINT IF EXISTS identities_said,
  ADD CONSTRAINT identities_said CHECK ((subject IS NULL) = (subject_hash IS NOT NULL AND sealed_subject IS NOT NULL)) NOT VALID;
CREATE OR REPLACE TRIGGER sealed_only BEFORE INSERT OR UPDATE OF subject, email, name ON identities
  FOR EACH ROW WHEN (NEW.subject IS NOT NULL OR NEW.email <> '' OR NEW.name <> '') EXECUTE FUNCTION sealed_only();
--bun:split
ALTER TABLE tickets
  ADD COLUMN IF NOT EXISTS sealed_subject bytea,
  ALTER COLUMN subject DROP NOT NULL,
  DROP CONSTRAINT IF EXISTS tickets_said,
  ADD CONSTRAINT tickets_said CHECK ((subject IS NULL) = (sealed_subject IS NOT NULL)) NOT VALID;
CREATE OR REPLACE TRIGGER sealed_only BEFORE INSERT OR UPDATE OF subject, email, name ON tickets
  FOR EACH ROW WHEN (NEW.subject IS NOT NULL OR NEW.email <> '' OR NEW.name <> '') EXECUTE FUNCTION sealed_only();
--bun:split
ALTER TABLE identity_handles
  ADD COLUMN IF NOT EXISTS sealed_subject bytea,
  ALTER COLUMN subject DROP NOT NULL,
  DROP CONSTRAINT IF EXISTS identity_handles_said,
  ADD CONSTRAINT identity_handles_said CHECK ((subject IS NULL) = (sealed_subject IS NOT NULL)) NOT VALID;
CREATE OR REPLACE TRIGGER sealed_only BEFORE INSERT OR UPDATE OF subject, email, name ON identity_handles
  FOR EACH ROW WHEN (NEW.subject IS NOT NULL OR NEW.email <> '' OR NEW.name <> '') EXECUTE FUNCTION sealed_only();
--bun:split
ALTER TABLE authorization_requests
  ADD COLUMN IF NOT EXISTS subject_hash bytea CHECK (octet_length(subject_hash) = 32),
  ADD COLUMN IF NOT EXISTS sealed_subject bytea;
CREATE OR REPLACE TRIGGER sealed_only BEFORE INSERT OR UPDATE OF subject, subject_email, subject_name ON authorization_requests
  FOR EACH ROW WHEN (NEW.subject IS NOT NULL OR NEW.subject_email <> '' OR NEW.subject_name <> '') EXECUTE FUNCTION sealed_only();
--bun:split
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS subject_hash bytea CHECK (octet_length(subject_hash) = 32);
CREATE OR REPLACE TRIGGER sealed_only BEFORE INSERT OR UPDATE OF subject ON sessions
  FOR EACH ROW WHEN (NEW.subject IS NOT NULL) EXECUTE FUNCTION sealed_only();
--bun:split
ALTER TABLE audit_events ADD COLUMN IF NOT EXISTS sealed_detail bytea;
--bun:split
CREATE OR REPLACE VIEW live_sessions AS
  SELECT s.*
  FROM sessions s
  WHERE s.revoked_at IS NULL
    AND s.expires_at > now()
    AND s.last_used_at + s.idle_timeout > now();
CREATE OR REPLACE VIEW presented_session AS
  SELECT s.*
  FROM live_sessions s, (SELECT NULLIF(current_setting('aside.session', true), '') AS value) presented
  WHERE s.token_hash = decode(left(presented.value, 64), 'hex')
    AND s.jkt = substr(presented.value, 65);
-- Older releases go on selecting the columns that they know.
DROP FUNCTION IF EXISTS current_session();
CREATE FUNCTION current_session(
    OUT id uuid, OUT kind text, OUT user_id uuid, OUT tenant_key text, OUT embed_origin text, OUT jkt text,
    OUT subject text, OUT vouched boolean,
    OUT created_at timestamptz, OUT last_used_at timestamptz, OUT expires_at timestamptz,
    OUT display_name text, OUT data_key bytea, OUT subject_hash bytea, OUT sealed_name bytea)
  RETURNS SETOF record
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY
    SELECT s.id, s.kind, s.user_id, s.tenant_key, s.embed_origin, s.jkt, s.subject, u.vouched_by IS NOT NULL,
           s.created_at, s.last_used_at, s.expires_at, u.display_name, u.data_key, s.subject_hash, u.sealed_name
    FROM public.presented_session s JOIN public.users u ON u.id = s.user_id;
END
$$;
REVOKE ALL ON FUNCTION current_session() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_session() TO aside_app;
--bun:split
-- In a database that nobody has used there is nothing to wait for.
INSERT INTO sealing (finished_at)
  SELECT now() WHERE NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM tenants)
    AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'aside')
  ON CONFLICT DO NOTHING;
