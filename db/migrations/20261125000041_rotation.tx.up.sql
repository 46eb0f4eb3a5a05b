-- What keys are derived from, sealed: a new master key changes none of them.
CREATE TABLE root_secret (
  one           boolean PRIMARY KEY DEFAULT true CHECK (one),
  sealed_secret bytea NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON root_secret TO aside_auth;
GRANT UPDATE, DELETE ON master_keys TO aside_auth;
GRANT UPDATE ON encryption_keys TO aside_auth;

-- A node that still seals under a master key that was rotated away is refused, loudly, rather than
-- left to seal what nobody can open once that key is gone. The lock makes a rotation's last step
-- wait for what is on its way.
CREATE FUNCTION sealed_under_known_key() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  sealed bytea;
BEGIN
  EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO sealed USING NEW;
  IF sealed IS NULL THEN
    RETURN NEW;
  END IF;
  PERFORM FROM public.master_keys WHERE key_id = substring(sealed FROM 2 FOR 4) FOR KEY SHARE;
  IF NOT FOUND AND EXISTS (SELECT FROM public.master_keys) THEN
    RAISE EXCEPTION 'sealed under a master key that is not in use' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION sealed_under_known_key() FROM PUBLIC;
CREATE TRIGGER known_key BEFORE INSERT OR UPDATE OF data_key ON users
  FOR EACH ROW EXECUTE FUNCTION sealed_under_known_key('data_key');
CREATE TRIGGER known_key BEFORE INSERT OR UPDATE OF sealed_secret ON assertion_keys
  FOR EACH ROW EXECUTE FUNCTION sealed_under_known_key('sealed_secret');
CREATE TRIGGER known_key BEFORE INSERT OR UPDATE OF sealed_private ON encryption_keys
  FOR EACH ROW EXECUTE FUNCTION sealed_under_known_key('sealed_private');
CREATE TRIGGER known_key BEFORE INSERT OR UPDATE OF sealed_secret ON root_secret
  FOR EACH ROW EXECUTE FUNCTION sealed_under_known_key('sealed_secret');

-- A recovery code's HMAC is under a key that is derived from the root secret, and names none.
ALTER TABLE recovery_codes DROP CONSTRAINT recovery_codes_code_hash_check,
  ADD CONSTRAINT recovery_codes_code_hash_check CHECK (octet_length(code_hash) IN (32, 36)) NOT VALID;
