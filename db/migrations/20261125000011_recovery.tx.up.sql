-- Ways into an account without a passkey, each good once: ten codes that its person keeps, and a
-- link that an operator made, which expires. What people type is a locator, to find the row by,
-- and a secret, of which only an HMAC is here.
CREATE TABLE recovery_codes (
  locator    text COLLATE "C" PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  code_hash  bytea NOT NULL CHECK (octet_length(code_hash) = 36), -- which master key, and HMAC-SHA-256
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz -- of a link
);
CREATE INDEX recovery_codes_user ON recovery_codes (user_id);
CREATE INDEX recovery_codes_expiry ON recovery_codes (expires_at) WHERE expires_at IS NOT NULL;
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY recovery_codes_auth ON recovery_codes TO aside_auth USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_codes TO aside_auth; -- UPDATE: to sweep
