-- End-to-end encryption: which state an account is in, its content key wrapped for each passkey and recovery code, and what a
-- sign-in carries of it. The defaults are what a node of the release before stores. Each step locks one table for a moment,
-- and may be run twice.
--
-- SERVER ▶ ENCRYPTING ▶ END_TO_END ▶ DECRYPTING ▶ SERVER; ENCRYPTING and DECRYPTING may turn around.
ALTER TABLE users
  ADD COLUMN IF NOT EXISTS sealing text COLLATE "C" NOT NULL DEFAULT 'SERVER',
  ADD COLUMN IF NOT EXISTS key_generation int NOT NULL DEFAULT 0; -- of the content key; it only grows
--bun:split
-- A copy of users.sealing. Every act that writes a note's text changes or reads this row, so that none stores a text in
-- the clear once encryption has begun.
ALTER TABLE note_counters ADD COLUMN IF NOT EXISTS sealing text COLLATE "C" NOT NULL DEFAULT 'SERVER';
--bun:split
-- Codes that the browser made: the server has only what shows that somebody has the code.
ALTER TABLE recovery_codes ADD COLUMN IF NOT EXISTS by_verifier boolean NOT NULL DEFAULT false;
--bun:split
-- The widget's public key, to which the popup encrypts the key of the notes at its tenant.
ALTER TABLE authorization_requests ADD COLUMN IF NOT EXISTS content_key_jwk text COLLATE "C" NOT NULL DEFAULT '';
--bun:split
-- A wrap is for a passkey or for a recovery code. It opens only on a device, and is sealed once more.
CREATE TABLE IF NOT EXISTS key_wraps (
  user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  id          uuid NOT NULL,
  passkey_id  uuid,
  locator     text COLLATE "C",
  generation  int NOT NULL,
  sealed_wrap bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, id),
  UNIQUE (user_id, passkey_id),
  UNIQUE (user_id, locator),
  CONSTRAINT key_wraps_one CHECK ((passkey_id IS NULL) <> (locator IS NULL))
);
ALTER TABLE key_wraps ENABLE ROW LEVEL SECURITY;
ALTER TABLE key_wraps FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS key_wraps_auth ON key_wraps;
CREATE POLICY key_wraps_auth ON key_wraps TO aside_auth USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON key_wraps TO aside_auth;
--bun:split
ALTER TABLE users
  DROP CONSTRAINT IF EXISTS users_sealing,
  ADD CONSTRAINT users_sealing CHECK (sealing IN ('SERVER', 'ENCRYPTING', 'END_TO_END', 'DECRYPTING')) NOT VALID;
--bun:split
-- As before, and a new row gets the state of its account. The row is made first, which waits for a transaction that changes the
-- state; the state is read by a later statement.
CREATE OR REPLACE FUNCTION count_notes(person uuid, tenant text, again boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  made    boolean;
  before  public.note_counters;
  counted public.note_counters;
BEGIN
  INSERT INTO public.note_counters (user_id, tenant_key, notes, bytes) VALUES (person, tenant, 0, 0) ON CONFLICT DO NOTHING;
  made := FOUND;
  IF NOT made AND NOT again THEN
    RETURN false;
  END IF;
  SELECT * INTO before FROM public.note_counters c WHERE c.user_id = person AND c.tenant_key = tenant FOR UPDATE;
  SET LOCAL aside.counting = 'on';
  -- A statement of its own: it sees what was committed before the lock was given.
  SELECT count(*), coalesce(sum(octet_length(n.sealed)), 0) INTO counted.notes, counted.bytes
    FROM public.notes n WHERE n.user_id = person AND n.tenant_key = tenant AND n.deleted_at IS NULL;
  -- Earlier releases mark a deleted note by pinning it.
  SELECT n.id INTO counted.deleted_up_to FROM public.notes n
    WHERE n.user_id = person AND n.tenant_key = tenant AND n.deleted_at IS NOT NULL AND n.pinned ORDER BY n.id DESC LIMIT 1;
  SET LOCAL aside.counting = '';
  SELECT u.sealing INTO counted.sealing FROM public.users u WHERE u.id = person;
  UPDATE public.note_counters c
    SET notes = counted.notes, bytes = counted.bytes, deleted_up_to = greatest(c.deleted_up_to, counted.deleted_up_to),
      sealing = counted.sealing
    WHERE c.user_id = person AND c.tenant_key = tenant;
  RETURN CASE WHEN again THEN NOT made AND (before.notes, before.bytes) <> (counted.notes, counted.bytes) ELSE made END;
END
$$;
--bun:split
-- any_note_in reports whether a person has a note in a format: the first byte of what is sealed, 1 for a text that the server
-- can open and 2 for one that only its author's devices can. The caller has locked the person and their counters.
CREATE OR REPLACE FUNCTION any_note_in(person uuid, format int) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  found_one boolean;
BEGIN
  SET LOCAL aside.counting = 'on';
  SELECT EXISTS (SELECT FROM public.notes n
    WHERE n.user_id = person AND n.deleted_at IS NULL AND get_byte(substr(n.sealed, 1, 1), 0) = format) INTO found_one;
  SET LOCAL aside.counting = '';
  RETURN found_one;
END
$$;
REVOKE ALL ON FUNCTION any_note_in(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION any_note_in(uuid, int) TO aside_auth;
