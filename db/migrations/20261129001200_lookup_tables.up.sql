-- What is unique across people has a lookup table each, which says who has it. So the tables of people can
-- be keyed by their user, and no statement has to ask all shards of a cluster. Each row is written and
-- deleted in the transaction that writes or deletes the row that it is about.
-- Each step locks one table for a moment and may be run twice.

-- The WebAuthn credential ids of all passkeys.
CREATE TABLE IF NOT EXISTS credentials (
  credential_id bytea PRIMARY KEY,
  user_id       uuid NOT NULL
);
-- The subjects that a person has linked, or that a tenant vouches for: vouched is true for the latter.
CREATE TABLE IF NOT EXISTS subjects (
  tenant_key   text COLLATE "C" NOT NULL,
  subject_hash bytea NOT NULL,
  user_id      uuid NOT NULL,
  vouched      boolean NOT NULL,
  PRIMARY KEY (tenant_key, subject_hash)
);
-- The first characters of all recovery codes and operators' links.
CREATE TABLE IF NOT EXISTS recovery_locators (
  locator text COLLATE "C" PRIMARY KEY,
  user_id uuid NOT NULL
);
-- The WebAuthn user handles that earlier releases made. Those of this release carry the user's id.
CREATE TABLE IF NOT EXISTS user_handles (
  handle  bytea PRIMARY KEY,
  user_id uuid NOT NULL
);
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['credentials', 'subjects', 'recovery_locators', 'user_handles'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_auth', name);
    EXECUTE format('CREATE POLICY %I ON %I TO aside_auth USING (true)', name || '_auth', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO aside_auth', name);
    -- For the triggers below, which run as the owner.
    EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_earlier', name);
    EXECUTE format('CREATE POLICY %I ON %I TO CURRENT_USER USING (true)', name || '_earlier', name);
  END LOOP;
END
$$;
--bun:split
-- Nodes of an earlier release don't know these tables: the triggers write them for such a node.
CREATE OR REPLACE FUNCTION look_up_passkey() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM public.credentials WHERE credential_id = OLD.credential_id AND user_id = OLD.user_id;
  ELSE
    INSERT INTO public.credentials (credential_id, user_id) VALUES (NEW.credential_id, NEW.user_id);
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION look_up_passkey() FROM PUBLIC;
CREATE OR REPLACE TRIGGER look_up AFTER INSERT OR DELETE ON passkeys FOR EACH ROW
  WHEN (current_setting('application_name') IN ('aside', 'aside sealed')) EXECUTE FUNCTION look_up_passkey();
--bun:split
CREATE OR REPLACE FUNCTION look_up_recovery_code() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM public.recovery_locators WHERE locator = OLD.locator AND user_id = OLD.user_id;
  ELSE
    INSERT INTO public.recovery_locators (locator, user_id) VALUES (NEW.locator, NEW.user_id);
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION look_up_recovery_code() FROM PUBLIC;
CREATE OR REPLACE TRIGGER look_up AFTER INSERT OR DELETE ON recovery_codes FOR EACH ROW
  WHEN (current_setting('application_name') IN ('aside', 'aside sealed')) EXECUTE FUNCTION look_up_recovery_code();
--bun:split
-- A link takes the subject over from the account that is vouched for, which is then merged and deleted.
CREATE OR REPLACE FUNCTION look_up_identity() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM public.subjects s WHERE s.tenant_key = OLD.tenant_key AND s.subject_hash = OLD.subject_hash
      AND s.user_id = OLD.user_id AND NOT s.vouched;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN NULL;
  END IF;
  IF NEW.subject_hash IS NOT NULL THEN
    INSERT INTO public.subjects AS s (tenant_key, subject_hash, user_id, vouched)
      VALUES (NEW.tenant_key, NEW.subject_hash, NEW.user_id, false)
      ON CONFLICT (tenant_key, subject_hash) DO UPDATE SET user_id = excluded.user_id, vouched = false WHERE s.vouched;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the subject is linked already' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION look_up_identity() FROM PUBLIC;
CREATE OR REPLACE TRIGGER look_up AFTER INSERT OR DELETE OR UPDATE OF subject_hash ON identities FOR EACH ROW
  WHEN (current_setting('application_name') IN ('aside', 'aside sealed')) EXECUTE FUNCTION look_up_identity();
--bun:split
CREATE OR REPLACE FUNCTION look_up_user() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.vouched_by IS NULL THEN
    INSERT INTO public.user_handles (handle, user_id) VALUES (NEW.handle, NEW.id);
  ELSIF TG_OP = 'DELETE' THEN
    DELETE FROM public.user_handles WHERE handle = OLD.handle AND user_id = OLD.id;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM public.subjects s WHERE s.tenant_key = OLD.vouched_by AND s.subject_hash = OLD.vouched_subject_hash
      AND s.user_id = OLD.id AND s.vouched;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO public.subjects (tenant_key, subject_hash, user_id, vouched)
      SELECT NEW.vouched_by, NEW.vouched_subject_hash, NEW.id, true WHERE NEW.vouched_subject_hash IS NOT NULL;
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION look_up_user() FROM PUBLIC;
CREATE OR REPLACE TRIGGER look_up AFTER INSERT OR DELETE OR UPDATE OF vouched_subject_hash ON users FOR EACH ROW
  WHEN (current_setting('application_name') IN ('aside', 'aside sealed')) EXECUTE FUNCTION look_up_user();
