-- Keys that tenants may encrypt assertions to: one for each algorithm, the same on all nodes.
CREATE TABLE encryption_keys (
  id             uuid PRIMARY KEY,
  algorithm      text NOT NULL UNIQUE, -- RFC 7518 §4.1
  sealed_private bytea NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE encryption_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE encryption_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY encryption_keys_auth ON encryption_keys TO aside_auth USING (true);
GRANT SELECT, INSERT ON encryption_keys TO aside_auth;
