-- No node of an earlier release is left: the lookup tables alone decide what is unique across people, and the
-- tables of people are keyed by their user. Each step locks one table for a moment and may be run twice.
DROP TRIGGER IF EXISTS look_up ON passkeys;
DROP FUNCTION IF EXISTS look_up_passkey();
ALTER TABLE passkeys DROP CONSTRAINT IF EXISTS passkeys_credential_id_key;
DROP INDEX IF EXISTS passkeys_user;
DO $$
BEGIN
  IF to_regclass('passkeys_person') IS NOT NULL THEN
    ALTER TABLE passkeys DROP CONSTRAINT passkeys_pkey, ADD CONSTRAINT passkeys_pkey PRIMARY KEY USING INDEX passkeys_person;
  END IF;
END
$$;
--bun:split
DROP TRIGGER IF EXISTS look_up ON recovery_codes;
DROP FUNCTION IF EXISTS look_up_recovery_code();
DROP INDEX IF EXISTS recovery_codes_user;
DO $$
BEGIN
  IF to_regclass('recovery_codes_person') IS NOT NULL THEN
    ALTER TABLE recovery_codes DROP CONSTRAINT recovery_codes_pkey, ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY USING INDEX recovery_codes_person;
  END IF;
END
$$;
--bun:split
DROP TRIGGER IF EXISTS look_up ON identities;
DROP FUNCTION IF EXISTS look_up_identity();
ALTER TABLE identities DROP CONSTRAINT IF EXISTS identities_tenant_key_subject_key;
DROP INDEX IF EXISTS identities_subject_hash;
DROP INDEX IF EXISTS identities_user;
DO $$
BEGIN
  IF to_regclass('identities_person') IS NOT NULL THEN
    ALTER TABLE identities DROP CONSTRAINT identities_pkey, ADD CONSTRAINT identities_pkey PRIMARY KEY USING INDEX identities_person;
  END IF;
END
$$;
--bun:split
DROP TRIGGER IF EXISTS look_up ON users;
DROP FUNCTION IF EXISTS look_up_user();
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_handle_key;
DROP INDEX IF EXISTS users_vouched_subject;
DROP INDEX IF EXISTS users_vouched_subject_hash;
--bun:split
DROP INDEX IF EXISTS members_user;
DO $$
BEGIN
  IF to_regclass('members_person') IS NOT NULL THEN
    ALTER TABLE members DROP CONSTRAINT members_pkey, ADD CONSTRAINT members_pkey PRIMARY KEY USING INDEX members_person;
  END IF;
END
$$;
--bun:split
DROP POLICY IF EXISTS credentials_earlier ON credentials;
--bun:split
DROP POLICY IF EXISTS subjects_earlier ON subjects;
--bun:split
DROP POLICY IF EXISTS recovery_locators_earlier ON recovery_locators;
--bun:split
DROP POLICY IF EXISTS user_handles_earlier ON user_handles;
