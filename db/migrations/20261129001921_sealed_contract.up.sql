-- No node of an earlier release is left, and nothing is in the clear: constraints keep it so, without triggers on the
-- tables of people. Each step locks one table for a moment and may be run twice.
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_sealed, ADD CONSTRAINT users_sealed
  CHECK (display_name IS NULL AND vouched_subject IS NULL) NOT VALID;
DROP TRIGGER IF EXISTS sealed_only ON users;
DROP TRIGGER IF EXISTS known_key ON users;
--bun:split
ALTER TABLE users VALIDATE CONSTRAINT users_sealed;
--bun:split
ALTER TABLE passkeys DROP CONSTRAINT IF EXISTS passkeys_sealed, ADD CONSTRAINT passkeys_sealed
  CHECK (name = '') NOT VALID;
DROP TRIGGER IF EXISTS sealed_only ON passkeys;
--bun:split
ALTER TABLE passkeys VALIDATE CONSTRAINT passkeys_sealed;
--bun:split
ALTER TABLE identities DROP CONSTRAINT IF EXISTS identities_sealed, ADD CONSTRAINT identities_sealed
  CHECK (subject IS NULL AND email = '' AND name = '') NOT VALID;
DROP TRIGGER IF EXISTS sealed_only ON identities;
--bun:split
ALTER TABLE identities VALIDATE CONSTRAINT identities_sealed;
--bun:split
ALTER TABLE tickets DROP CONSTRAINT IF EXISTS tickets_sealed, ADD CONSTRAINT tickets_sealed
  CHECK (subject IS NULL AND email = '' AND name = '') NOT VALID;
DROP TRIGGER IF EXISTS sealed_only ON tickets;
--bun:split
ALTER TABLE tickets VALIDATE CONSTRAINT tickets_sealed;
--bun:split
ALTER TABLE identity_handles DROP CONSTRAINT IF EXISTS identity_handles_sealed, ADD CONSTRAINT identity_handles_sealed
  CHECK (subject IS NULL AND email = '' AND name = '') NOT VALID;
DROP TRIGGER IF EXISTS sealed_only ON identity_handles;
--bun:split
ALTER TABLE identity_handles VALIDATE CONSTRAINT identity_handles_sealed;
--bun:split
ALTER TABLE authorization_requests DROP CONSTRAINT IF EXISTS authorization_requests_sealed, ADD CONSTRAINT authorization_requests_sealed
  CHECK (subject IS NULL AND subject_email = '' AND subject_name = '') NOT VALID;
DROP TRIGGER IF EXISTS sealed_only ON authorization_requests;
--bun:split
ALTER TABLE authorization_requests VALIDATE CONSTRAINT authorization_requests_sealed;
--bun:split
ALTER TABLE sessions DROP CONSTRAINT IF EXISTS sessions_sealed, ADD CONSTRAINT sessions_sealed
  CHECK (subject IS NULL) NOT VALID;
DROP TRIGGER IF EXISTS sealed_only ON sessions;
--bun:split
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_sealed;
--bun:split
DROP TRIGGER IF EXISTS known_key ON assertion_keys;
--bun:split
DROP TRIGGER IF EXISTS known_key ON encryption_keys;
--bun:split
DROP TRIGGER IF EXISTS known_key ON root_secret;
--bun:split
DROP FUNCTION IF EXISTS sealed_only();
DROP FUNCTION IF EXISTS sealed_under_known_key();
